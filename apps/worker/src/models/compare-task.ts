import { type DetectionReading, FlotillaError, type ModelCard, type OutputReading, type ValidationReport } from "@flotilla/contracts";
import {
  compareDetections,
  compareSequences,
  compareValues,
  type Detection,
  decodeSequence,
  detectionAgreement,
  MaskComparison,
  readDetections,
  readMask,
} from "@flotilla/validate/metrics";
import type { NpyArray } from "@flotilla/validate/npy";

/** One output of both models over all samples, float32, first axis = sample. */
export interface OutputPair {
  name: string;
  source: NpyArray;
  variant: NpyArray;
}

type TaskComparison = Pick<ValidationReport, "agreement" | "task">;

/**
 * What the task's own measure says of two models' outputs; both null where the task has none or its card does not say how outputs are read.
 * Throws PREPROCESSING_MISMATCH where the card names an output that is not there or has another shape.
 */
export function compareTask(
  card: { task: ModelCard["task"]; reading: OutputReading | null },
  pairs: readonly OutputPair[],
): TaskComparison {
  const { task, reading } = card;
  const [first] = pairs;
  if (task === "regression" && first !== undefined)
    return { agreement: null, task: compareValues(floats(first.source), floats(first.variant)) };
  if (reading === null || reading.task !== task) return { agreement: null, task: null };
  switch (reading.task) {
    case "detection":
      return compareDetectors(reading, pairs);
    case "segmentation":
      return compareMasks(find(pairs, reading.output), reading.layout === "nchw");
    default:
      return compareTexts(find(pairs, reading.output), reading.blank);
  }
}

export function floats(array: NpyArray): Float32Array {
  if (array.data instanceof Float32Array) return array.data;
  throw new FlotillaError("INTERNAL", `Outputs are compared as float32, not ${array.type}.`);
}

function compareDetectors(reading: DetectionReading, pairs: readonly OutputPair[]): TaskComparison {
  const boxes = find(pairs, reading.boxesOutput);
  const scores = reading.scoresOutput === null ? boxes : find(pairs, reading.scoresOutput);
  const metrics = compareDetections(
    detectionsOf(boxes.source, scores.source, reading),
    detectionsOf(boxes.variant, scores.variant, reading),
    reading.iouThreshold,
  );
  return { agreement: detectionAgreement(metrics), task: metrics };
}

function detectionsOf(boxes: NpyArray, scores: NpyArray, reading: DetectionReading): Detection[][] {
  const [samples = 0, count = 0, boxColumns = 0] = boxes.shape;
  const sameTensor = reading.scoresOutput === null;
  const scoreColumns = scores.shape[2] ?? 1;
  if (boxes.shape.length !== 3 || boxColumns < 4 || scores.shape[1] !== count || (sameTensor && scoreColumns < 5)) {
    throw mismatch(
      `a detector's boxes are [boxes, 4 or more] a sample and its scores [boxes, classes], but here they are [${boxes.shape.slice(1).join(", ")}] and [${scores.shape.slice(1).join(", ")}]`,
    );
  }
  const [boxValues, scoreValues] = [floats(boxes), floats(scores)];
  return Array.from({ length: samples }, (_, sample) =>
    readDetections(
      {
        boxes: boxValues.subarray(sample * count * boxColumns, (sample + 1) * count * boxColumns),
        scores: scoreValues.subarray(sample * count * scoreColumns, (sample + 1) * count * scoreColumns),
        count,
        boxColumns,
        scoreColumns,
        scoreStart: sameTensor ? 4 : 0,
      },
      reading,
    ),
  );
}

function compareMasks({ source, variant }: OutputPair, channelsFirst: boolean): TaskComparison {
  const shape = source.shape.slice(1);
  if (shape.length !== 3 && shape.length !== 2)
    throw mismatch(`masks have height, width and channels, but here they are [${shape.join(", ")}]`);
  const classes = shape.length === 2 ? 1 : ((channelsFirst ? shape[0] : shape[2]) ?? 1);
  const size = shape.reduce((product, side) => product * side, 1);
  const mask = { pixels: size / classes, classes, channelsFirst };
  const comparison = new MaskComparison();
  for (let sample = 0; sample < (source.shape[0] ?? 0); sample += 1)
    comparison.add(readMask(floats(source), sample * size, mask), readMask(floats(variant), sample * size, mask));
  const metrics = comparison.result();
  return { agreement: metrics.meanIou, task: metrics };
}

function compareTexts({ source, variant }: OutputPair, blank: "first" | "last"): TaskComparison {
  const [samples = 0, steps = 0, symbols = 0] = source.shape;
  if (source.shape.length !== 3)
    throw mismatch(`a recogniser gives [steps, symbols] a sample, but here it is [${source.shape.slice(1).join(", ")}]`);
  const read = (array: NpyArray): number[][] =>
    Array.from({ length: samples }, (_, sample) =>
      decodeSequence(floats(array), sample * steps * symbols, steps, symbols, blank === "first" ? 0 : symbols - 1),
    );
  const metrics = compareSequences(read(source), read(variant));
  return { agreement: metrics.equalShare, task: metrics };
}

function find(pairs: readonly OutputPair[], name: string): OutputPair {
  const pair = pairs.find((candidate) => candidate.name === name);
  if (pair !== undefined) return pair;
  throw mismatch(`the card reads the output “${name}”, and the model has ${pairs.map((candidate) => `“${candidate.name}”`).join(", ")}`);
}

function mismatch(what: string): FlotillaError {
  return new FlotillaError(
    "PREPROCESSING_MISMATCH",
    `The outputs cannot be compared: ${what}. Change how outputs are read on the model's card.`,
  );
}

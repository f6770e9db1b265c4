import type { DetectionReading, ModelCard, OutputReading, ValidationReport } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts/errors";
import type { NpyArray } from "../npy/npy-array.ts";
import type { Detection } from "./boxes.ts";
import { compareDetections, detectionAgreement } from "./compare-detections.ts";
import { MaskComparison, readMask } from "./compare-masks.ts";
import { compareSequences, decodeSequence } from "./compare-sequences.ts";
import { compareValues } from "./compare-values.ts";
import { type DetectorOutput, readDetections } from "./read-detections.ts";
import { readRegions } from "./read-regions.ts";

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

/** How many cases an agreement rests on: the source's objects of a detector, else the samples. */
export function evidenceOf(task: TaskComparison["task"], samples: number): number {
  return task?.task === "detection" ? task.sourceCount : samples;
}

export function floats(array: NpyArray): Float32Array {
  if (array.data instanceof Float32Array) return array.data;
  throw new FlotillaError("INTERNAL", `Outputs are compared as float32, not ${array.type}.`);
}

function compareDetectors(reading: DetectionReading, pairs: readonly OutputPair[]): TaskComparison {
  const read = reading.boxFormat === "regions" ? regionsOf : detectionsOf;
  const metrics = compareDetections(read(reading, pairs, "source"), read(reading, pairs, "variant"), reading.iouThreshold);
  return { agreement: detectionAgreement(metrics), task: metrics };
}

type Side = "source" | "variant";

function detectionsOf(reading: DetectionReading, pairs: readonly OutputPair[], side: Side): Detection[][] {
  const levels = (reading.levels ?? [{ ...reading, stride: 0, columns: 1, perCell: 1 }]).map((level) => {
    const boxes = find(pairs, level.boxesOutput)[side];
    const scores = level.scoresOutput === null ? null : find(pairs, level.scoresOutput)[side];
    return detectorOutputs(boxes, scores, reading.levels === undefined ? undefined : level);
  });
  const samples = levels[0]?.length ?? 0;
  return Array.from({ length: samples }, (_, sample) =>
    readDetections(
      levels.flatMap((level) => level[sample] ?? []),
      reading,
    ),
  );
}

/** One output of boxes and scores a sample; scores null: they stand behind the boxes. */
function detectorOutputs(boxes: NpyArray, scores: NpyArray | null, grid: DetectorOutput["grid"]): DetectorOutput[] {
  const [samples = 0, count = 0, boxColumns = 0] = boxes.shape;
  const scoreShape = scores?.shape ?? boxes.shape;
  const scoreColumns = scoreShape[2] ?? 1;
  if (boxes.shape.length !== 3 || boxColumns < 4 || scoreShape[1] !== count || (scores === null && scoreColumns < 5)) {
    throw mismatch(
      `a detector's boxes are [boxes, 4 or more] a sample and its scores [boxes, classes], but here they are [${boxes.shape.slice(1).join(", ")}] and [${scoreShape.slice(1).join(", ")}]`,
    );
  }
  const [boxValues, scoreValues] = [floats(boxes), floats(scores ?? boxes)];
  return Array.from({ length: samples }, (_, sample) => ({
    boxes: boxValues.subarray(sample * count * boxColumns, (sample + 1) * count * boxColumns),
    scores: scoreValues.subarray(sample * count * scoreColumns, (sample + 1) * count * scoreColumns),
    count,
    boxColumns,
    scoreColumns,
    scoreStart: scores === null ? 4 : 0,
    ...(grid === undefined ? {} : { grid }),
  }));
}

function regionsOf(reading: DetectionReading, pairs: readonly OutputPair[], side: Side): Detection[][] {
  const map = find(pairs, reading.boxesOutput)[side];
  const [height = 0, width = 0] = mapSize(map.shape.slice(1));
  const pixels = height * width;
  return Array.from({ length: map.shape[0] ?? 0 }, (_, sample) =>
    readRegions(floats(map).subarray(sample * pixels, (sample + 1) * pixels), { height, width }, reading.scoreThreshold),
  );
}

/** Height and width of a map with one channel, wherever that stands. */
function mapSize(shape: readonly number[]): readonly number[] {
  if (shape.length === 2) return shape;
  if (shape.length === 3 && shape[0] === 1) return shape.slice(1);
  if (shape.length === 3 && shape[2] === 1) return shape.slice(0, 2);
  throw mismatch(`a map of regions is [1, height, width] a sample, but here it is [${shape.join(", ")}]`);
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

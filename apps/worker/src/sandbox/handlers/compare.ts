import { readFile } from "node:fs/promises";
import { FlotillaError } from "@flotilla/contracts/errors";
import {
  type ClassComparison,
  compareClasses,
  compareOutputs,
  compareTask,
  differenceHistogram,
  floats,
  type OutputPair,
  pairSamples,
  topOne,
} from "@flotilla/validate/metrics";
import { readNpy } from "@flotilla/validate/npy";
import { readLabels } from "../../data-sets/read-labels.ts";
import type { Handler, RequestOf, ResultOf } from "../protocol.ts";

type Request = RequestOf<"compare">;

const NO_CLASSES: ClassComparison = { agreement: null, accuracy: null, confusion: null, perClass: [], disagreements: [] };

/** Compares what two models gave for the same samples. */
export const compare: Handler<"compare"> = async (request) => {
  const pairs: OutputPair[] = [];
  for (const { name, source, variant } of request.outputs) {
    if (variant === null) throw new FlotillaError("INVALID_GRAPH", `The variant lacks the output "${name}" of its source model.`);
    pairs.push({ name, source: readNpy(await readFile(source)), variant: readNpy(await readFile(variant)) });
  }
  const numerics = pairs.map(({ name, source, variant }) => ({ output: name, ...compareOutputs(floats(source), floats(variant)) }));
  const [first] = pairs;
  if (first === undefined) return { numerics, differenceHistogram: null, task: null, ...NO_CLASSES };
  const histogram = differenceHistogram(floats(first.source), floats(first.variant));
  if (request.task === "classification")
    return { numerics, differenceHistogram: histogram, task: null, ...(await compareTopOne(request, first)) };
  const samples = pairSamples({ ...outputsOf(first), classification: false, labels: null });
  return { numerics, differenceHistogram: histogram, ...NO_CLASSES, ...compareTask(request, pairs), pairs: samples };
};

/** Classes are the second axis of the first output: [samples, classes]. */
async function compareTopOne(request: Request, pair: OutputPair): Promise<ClassComparison & Pick<ResultOf<"compare">, "pairs">> {
  const classCount = pair.source.shape[1] ?? 0;
  const outputs = outputsOf(pair);
  if (pair.source.shape.length !== 2 || classCount < 2)
    return { ...NO_CLASSES, pairs: pairSamples({ ...outputs, classification: false, labels: null }) };
  const read = await readLabels(request.labelsPath);
  const labels = read === null ? null : alignLabels(read, request, classCount);
  const compared = compareClasses({
    source: topOne(outputs.source, classCount),
    variant: topOne(outputs.variant, classCount),
    labels,
    classCount,
    classNames: request.cardLabels.length > 0 ? request.cardLabels : request.dataClassNames,
  });
  return { ...compared, pairs: pairSamples({ ...outputs, classification: true, labels }) };
}

function outputsOf({ source, variant }: OutputPair): { source: Float32Array; variant: Float32Array; sampleCount: number } {
  return { source: floats(source), variant: floats(variant), sampleCount: source.shape[0] ?? 0 };
}

/**
 * The data set's labels as the model's class indices: by name where the model's names are known and hold all of the data set's,
 * else as they are. Labels that the model has no class for count as unlabelled.
 */
function alignLabels(labels: Int32Array, { cardLabels, dataClassNames }: Request, classCount: number): Int32Array {
  const byName = dataClassNames.map((name) => cardLabels.indexOf(name));
  const named = cardLabels.length > 0 && byName.length > 0 && byName.every((index) => index !== -1);
  return labels.map((label) => {
    const index = named ? (byName[label] ?? -1) : label;
    return index < classCount ? index : -1;
  });
}

import { convertTflite } from "../tflite/convert-tflite.ts";
import { inspectTflite } from "../tflite/inspect-tflite.ts";
import { readSource } from "../tflite/source/read-source.ts";
import type { SourceModel } from "../tflite/source/types.ts";
import { putChannelsFirst } from "./put-channels-first.ts";
import type { ModelHints, Source } from "./source.ts";

/** Which runtime a file needs at least; written by the converter. */
const MIN_RUNTIME = "min_runtime_version";

export const tfliteSource: Source = {
  inspect(bytes) {
    const { operators, unsupported, inputs, outputs } = inspectTflite(bytes);
    return {
      framework: "TensorFlow Lite",
      frameworkVersion: runtimeOf(readSource(bytes)),
      partsAre: "operators",
      kinds: operators,
      unsupported,
      inputs: inputs.map(({ name, type, shape }) => ({ name, type, shape: [...shape] })),
      outputs: outputs.map(({ name }) => name),
    };
  },
  convert(bytes, { layout }) {
    const { numbers, card, notes } = inspectTflite(bytes);
    const { model, nodesBefore } = convertTflite(bytes);
    if (layout === "nchw") putChannelsFirst(model);
    const hints = {
      labels: card.labels,
      preprocessing: card.preprocessing === null ? null : { ...card.preprocessing, layout },
      inputScale: inputScale(readSource(bytes)),
      rawPixels: false,
      dynamic: numbers === "dynamic-range",
    };
    return { model, nodesBefore, nodesAfter: model.graph.nodeCount, notes, hints };
  },
};

function runtimeOf({ metadata }: SourceModel): string | null {
  const needs = metadata.find(({ name }) => name === MIN_RUNTIME);
  const version = needs === undefined ? "" : Buffer.from(needs.data).toString("latin1").split("\0")[0];
  return version === undefined || version === "" ? null : version;
}

/** How the one integer input stands for reals. */
function inputScale({ graphs: [main] }: SourceModel): ModelHints["inputScale"] {
  const [input, ...more] = (main?.inputs ?? []).flatMap((index) => main?.tensors[index] ?? []);
  const { scale, zeroPoint } = input?.quantisation ?? {};
  if (more.length > 0 || scale?.length !== 1 || scale[0] === undefined) return null;
  return { scale: scale[0], zeroPoint: zeroPoint?.[0] ?? 0 };
}

import type { TensorSpec } from "@flotilla/contracts";
import { typeName } from "@flotilla/onnx";
import { findUnsupported } from "../tflite/check-operators.ts";
import { convertTflite } from "../tflite/convert-tflite.ts";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import { readSource } from "../tflite/source/read-source.ts";
import { onnxType } from "../tflite/source/tensor-types.ts";
import type { SourceModel, SourceTensor } from "../tflite/source/types.ts";
import { putChannelsFirst } from "./put-channels-first.ts";
import type { ModelHints, Source } from "./source.ts";

/** Which runtime a file needs at least; written by the converter. */
const MIN_RUNTIME = "min_runtime_version";

export const tfliteSource: Source = {
  inspect(bytes) {
    const source = readSource(bytes);
    const [main] = source.graphs;
    const kinds = new Map<string, number>();
    for (const { kind } of source.graphs.flatMap((graph) => graph.operators)) {
      const name = kind.replace(/^custom:/, "");
      kinds.set(name, (kinds.get(name) ?? 0) + 1);
    }
    const needs = source.metadata.find(({ name }) => name === MIN_RUNTIME);
    const version = needs === undefined ? "" : Buffer.from(needs.data).toString("latin1").split("\0")[0];
    return {
      framework: "TensorFlow Lite",
      frameworkVersion: version === undefined || version === "" ? null : version,
      partsAre: "operators",
      kinds,
      unsupported: findUnsupported(source),
      inputs: (main?.inputs ?? []).flatMap((index) => describeTensor(main?.tensors[index])),
      outputs: (main?.outputs ?? []).flatMap((index) => main?.tensors[index]?.name ?? []),
    };
  },
  convert(bytes, { layout }) {
    const { model, nodesBefore, card } = convertTflite(bytes);
    if (layout === "nchw") putChannelsFirst(model);
    const { labels, notes } = card;
    const source = readSource(bytes);
    const preprocessing = card.preprocessing === null ? null : { ...card.preprocessing, layout };
    const hints = { labels, preprocessing, inputScale: inputScale(source), rawPixels: false, dynamic: isDynamic(source) };
    return { model, nodesBefore, nodesAfter: model.graph.nodeCount, notes, hints };
  },
};

/** Whether floats are multiplied with integers somewhere: TFLite then rounds them for the moment, which no other runtime does alike. */
function isDynamic({ graphs }: SourceModel): boolean {
  return graphs.some(({ operators, tensors }) =>
    operators.some(({ kind, inputs }) => {
      if (kind === "DEQUANTIZE") return false;
      const [first, ...rest] = inputs.flatMap((index) => tensors[index] ?? []);
      return first?.type === TensorType.FLOAT32 && rest.some(({ type, data }) => type === TensorType.INT8 && data !== null);
    }),
  );
}

/** How the one integer input stands for reals. */
function inputScale({ graphs: [main] }: SourceModel): ModelHints["inputScale"] {
  const [input, ...more] = (main?.inputs ?? []).flatMap((index) => main?.tensors[index] ?? []);
  const { scale, zeroPoint } = input?.quantisation ?? {};
  if (more.length > 0 || scale?.length !== 1 || scale[0] === undefined) return null;
  return { scale: scale[0], zeroPoint: zeroPoint?.[0] ?? 0 };
}

function describeTensor(tensor: SourceTensor | undefined): TensorSpec[] {
  if (tensor === undefined) return [];
  const type = onnxType(tensor.type);
  const shape = tensor.signature.map((size) => (size < 0 ? null : size));
  return [{ name: tensor.name, type: type === null ? "other" : typeName(type), shape }];
}

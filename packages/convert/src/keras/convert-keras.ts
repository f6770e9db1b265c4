import { GraphBuilder, type OnnxModel, simplify, type Tensor } from "@flotilla/onnx";
import { convertError, unsupportedError } from "../errors.ts";
import type { KerasArchive, WeightsByLayer } from "./container/keras-archive.ts";
import { convertModel } from "./convert-model.ts";
import { toChannelsFirst } from "./emit/axes.ts";
import type { KerasLayer, TensorRef } from "./graph/keras-graph.ts";
import { declareInput } from "./graph/declare-input.ts";
import { inspectKeras } from "./inspect-keras.ts";

export interface KerasOptions {
  /** Order of axes of picture inputs and outputs (four axes): as the model was trained, or channels first. Default as trained. */
  readonly pictures?: "as-trained" | "channels-first";
  /** ONNX operator set. Default 17. */
  readonly opset?: number;
  /** false leaves the graph as it is first written. Default true. */
  readonly cleanUp?: boolean;
}

/** A converted model and what is to be said about it. */
export interface KerasConversion {
  readonly model: OnnxModel;
  /** Nodes as written, and after the clean-up. */
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  /** Class names that the file carries. */
  readonly labels: readonly string[];
  readonly notes: readonly string[];
}

/**
 * A Keras model as an ONNX graph, cleaned up. Input and output names, the model's name and its class names stay; float16 and bfloat16 weights and
 * policies become float32. Nothing of the file is executed.
 * @throws FlotillaError UNSUPPORTED_OPERATOR with all layers that cannot be converted in `details.unsupported`, before any weight is read;
 * INVALID_GRAPH where weights and settings disagree
 */
export function convertKeras(archive: KerasArchive, options: KerasOptions = {}): KerasConversion {
  const { model, unsupported, notes } = inspectKeras(archive);
  if (unsupported.length > 0) throw unsupportedError(unsupported);
  const weights = archive.weights.load(model.layers);
  const b = new GraphBuilder(options.opset ?? 17);
  const turn = options.pictures === "channels-first";
  const inputs = model.inputs.map((ref) => declareInput(b, layerAt(model.layers, ref), turn));
  const context = { b, masks: new Map<string, string>(), weightsOf: (layer: KerasLayer) => weightsOf(weights, layer) };
  const outputs = convertModel(model, inputs, context);
  const names = outputNames(b, model.outputs);
  for (const [index, output] of outputs.entries())
    b.output(turn && b.rank(output) === 4 ? toChannelsFirst(b, output) : output, names[index] ?? "");
  const metadata = archive.labels.length === 0 ? {} : { labels: JSON.stringify(archive.labels) };
  const converted = b.finish({ name: model.name, producer: "flotilla", metadata });
  const nodesBefore = converted.graph.nodeCount;
  if (options.cleanUp !== false) simplify(converted);
  return { model: converted, nodesBefore, nodesAfter: converted.graph.nodeCount, labels: archive.labels, notes };
}

const NOTHING: ReadonlyMap<string, Tensor> = new Map();

function weightsOf(weights: WeightsByLayer, layer: KerasLayer): ReadonlyMap<string, Tensor> {
  return weights.get(layer) ?? NOTHING;
}

function layerAt(layers: readonly KerasLayer[], ref: TensorRef): KerasLayer {
  const layer = layers.find(({ name }) => name === ref.layer);
  if (layer?.className === "InputLayer") return layer;
  throw convertError("INVALID_GRAPH", `The model names ${JSON.stringify(ref.layer)} as an input, which is no Input. Save it again.`);
}

/** Outputs are called by their layers, as Keras does; a second one of the same layer gets a number, one that is an input a suffix. */
function outputNames(b: GraphBuilder, outputs: readonly TensorRef[]): string[] {
  const used = new Set<string>();
  return outputs.map(({ layer }) => {
    const base = b.graph.defines(layer) ? `${layer}_output` : layer;
    let name = base;
    for (let count = 1; used.has(name); count += 1) name = `${base}_${count}`;
    used.add(name);
    return name;
  });
}

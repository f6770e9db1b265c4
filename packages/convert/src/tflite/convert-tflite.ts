import { type Dim, GraphBuilder, type OnnxModel, simplify } from "@flotilla/onnx";
import { convertError, unsupportedError } from "../errors.ts";
import { TensorType } from "../tflite-schema/gen/tflite.ts";
import { findUnsupported } from "./check-operators.ts";
import { Emitter, type Values } from "./emitter.ts";
import { dequantise, quantise } from "./quantise.ts";
import { readCard, type TfliteCard } from "./read-card.ts";
import { TFLITE_OPERATORS } from "./registry.ts";
import { readSource } from "./source/read-source.ts";
import { unsignedActivations } from "./source/unsigned-activations.ts";
import { onnxType, tensorTypeName } from "./source/tensor-types.ts";
import type { SourceGraph, SourceModel, SourceTensor } from "./source/types.ts";

export interface TfliteConversion {
  readonly model: OnnxModel;
  /** Nodes as converted, and after the clean-up. */
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly card: TfliteCard;
}

/** Graphs call graphs; a file whose graphs call each other in a circle would never end. */
const MAX_DEPTH = 16;
/** Older runtimes know it; 16-bit and 4-bit integers are quantised from 21 on. */
const OPSET = 17;
const WIDE_OPSET = 21;
/** The first set that scatters maxima, and knows exclusive or of integers. */
const SCATTER_OPSET = 18;
const NEEDS_SCATTER_OPSET: ReadonlySet<string> = new Set(["BITWISE_XOR", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_MIN"]);

/**
 * A `.tflite` file as an ONNX model: float, float16, int8 (as QuantizeLinear and DequantizeLinear with the file's own scales, integers in and out as
 * in the file) and dynamic range (integer weights, calculated in float). Inputs and outputs keep their names, their order, their layout (channels last)
 * and their open sizes.
 * @throws FlotillaError UNSUPPORTED_OPERATOR with the whole list of what cannot be converted, INVALID_GRAPH where the file is damaged
 */
export function convertTflite(bytes: Uint8Array): TfliteConversion {
  const file = readSource(bytes);
  const source = unsignedActivations(file);
  const unsupported = findUnsupported(source);
  if (unsupported.length > 0) throw unsupportedError(unsupported);
  const builder = new GraphBuilder(opsetFor(source));
  const [main] = source.graphs;
  if (main === undefined) throw convertError("INVALID_GRAPH", "The TFLite file has no graph.");
  const inputs = main.inputs.map((index) =>
    adaptInput(builder, declareInput(builder, file.graphs[0]?.tensors[index]), file.graphs[0]?.tensors[index], main.tensors[index]),
  );
  const outputs = convertGraph(source, 0, builder, inputs, 0);
  nameOutputs(builder, main, inputs, outputs);
  const card = readCard(bytes, file);
  const model = builder.finish({ name: main.name, producer: "flotilla", metadata: card.facts });
  const nodesBefore = model.graph.nodeCount;
  simplify(model);
  return { model, nodesBefore, nodesAfter: model.graph.nodeCount, card };
}

function opsetFor(source: SourceModel): number {
  const wide = source.graphs.some(({ tensors }) =>
    tensors.some(
      ({ type, quantisation }) =>
        quantisation !== null && [TensorType.INT16, TensorType.INT4, TensorType.UINT4].some((wideType) => wideType === type),
    ),
  );
  if (wide) return WIDE_OPSET;
  return source.graphs.some(({ operators }) => operators.some(({ kind }) => NEEDS_SCATTER_OPSET.has(kind))) ? SCATTER_OPSET : OPSET;
}

/** Open sizes get names: the batch is one for all inputs. */
function declareInput(builder: GraphBuilder, tensor: SourceTensor | undefined): string {
  const type = onnxType(tensor?.type ?? -1);
  if (tensor === undefined || type === null)
    throw convertError(
      "UNSUPPORTED_OPERATOR",
      `The input ${JSON.stringify(tensor?.name)} is of ${tensorTypeName(tensor?.type ?? -1)}, which has no counterpart.`,
    );
  const shape = tensor.signature.map((dim, axis): Dim => (dim >= 0 ? dim : axis === 0 ? "batch" : `${tensor.name}_${axis}`));
  return builder.input(tensor.name, type, shape);
}

/** An input of int8 as the uint8 that the graph works on. */
function adaptInput(builder: GraphBuilder, value: string, given: SourceTensor | undefined, wanted: SourceTensor | undefined): string {
  const [from, to] = [given?.quantisation ?? null, wanted?.quantisation ?? null];
  if (given === undefined || wanted === undefined || from === null || to === null || given.type === wanted.type) return value;
  return quantise(builder, dequantise(builder, value, from, given.type, 0), to, wanted.type);
}

/** Writes the nodes of one graph into `builder`, working on `inputs`. Gives the values of its outputs. */
function convertGraph(
  model: SourceModel,
  index: number,
  builder: GraphBuilder,
  inputs: readonly string[],
  depth: number,
): readonly string[] {
  const graph = model.graphs[index];
  if (graph === undefined || depth > MAX_DEPTH)
    throw convertError("TOO_DEEP", `The model's graphs call each other more than ${MAX_DEPTH} deep.`);
  const values: Values = { stored: new Map(), real: new Map(), variables: new Map(), complex: new Map() };
  for (const [at, tensor] of graph.inputs.entries()) values.stored.set(tensor, inputs[at] ?? "");
  const outer = builder.scope;
  for (const operator of graph.operators) {
    const emitter = new Emitter({
      model,
      graph,
      operator,
      builder,
      values,
      convertGraph: (inner, into, given) => convertGraph(model, inner, into, given, depth + 1),
    });
    builder.scope = emitter.label;
    TFLITE_OPERATORS[operator.kind]?.convert(emitter);
  }
  builder.scope = outer;
  return graph.outputs.map((output) => values.stored.get(output) ?? constantOutput(graph, output, builder));
}

function constantOutput(graph: SourceGraph, output: number, builder: GraphBuilder): string {
  const tensor = graph.tensors[output];
  const dataType = onnxType(tensor?.type ?? -1);
  if (tensor === undefined || tensor.data === null || dataType === null)
    throw convertError("INVALID_GRAPH", `Nothing computes the output ${JSON.stringify(tensor?.name)} of ${JSON.stringify(graph.name)}.`);
  return builder.constant({ dataType, dims: tensor.shape, bytes: tensor.data });
}

/** Outputs are called as in the file; one that is called like an input gets a number. */
function nameOutputs(builder: GraphBuilder, main: SourceGraph, inputs: readonly string[], outputs: readonly string[]): void {
  const taken = new Set(inputs);
  for (const [index, value] of outputs.entries()) {
    const name = main.tensors[main.outputs[index] ?? -1]?.name ?? `output_${index}`;
    const free = taken.has(name) || builder.graph.defines(name) ? builder.graph.freshName(name) : name;
    taken.add(free);
    builder.output(value, free);
  }
}

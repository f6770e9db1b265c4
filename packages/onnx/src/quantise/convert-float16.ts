import { DataType } from "../graph/data-types.ts";
import { fromFloat16Bits, toFloat16Bits } from "../graph/float16.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, type Node } from "../graph/node.ts";
import { float32View, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { inferModel } from "../infer/infer-model.ts";
import { dedupeInitialisers } from "../passes/dedupe-initialisers.ts";
import { removeDeadCode } from "../passes/remove-dead-code.ts";
import { removeIdentities } from "../passes/remove-identities.ts";
import { runPasses } from "../passes/run-passes.ts";
import { upgradeOpset } from "../passes/upgrade-opset.ts";
import type { Float16Options } from "./options.ts";
import type { ConversionResult } from "./conversion-result.ts";
import { shortenNames } from "./shorten-names.ts";

/** Older operators name types in ways of their own. */
const CAST_OPSET = 7;

/** The largest finite binary16, and the smallest magnitude that does not round to zero. */
const LARGEST = 65_504;
const SMALLEST = 2 ** -25;
/** Below this binary16 loses bits with each halving. */
const NORMAL = 2 ** -14;
/** Share of a constant's energy that may vanish: a signal-to-noise ratio of 60 dB. */
const MOST_LOST = 1e-6;
/** Values that were not seen in calibration may be twice as large. */
const HEADROOM = 0.5;

/**
 * Operators that have no float16 version in some opset ≥ 7 (nor in onnxruntime), that lose too much in it, whose float inputs are settings, not
 * data, or that are defined by a function with float32 constants inside.
 */
const KEPT = new Set([
  "Resize",
  "Upsample",
  "NonMaxSuppression",
  "RoiAlign",
  "Range",
  "CumSum",
  "RandomNormal",
  "RandomUniform",
  "RandomNormalLike",
  "RandomUniformLike",
  "Bernoulli",
  "Multinomial",
  "EyeLike",
  "QuantizeLinear",
  "DequantizeLinear",
  "DynamicQuantizeLinear",
  "MelWeightMatrix",
  "HannWindow",
  "HammingWindow",
  "BlackmanWindow",
  "DFT",
  "STFT",
  "OneHot",
  "SequenceEmpty",
  "TfIdfVectorizer",
  "StringNormalizer",
  "LSTM",
  "GRU",
  "RNN",
  "Constant",
  "Celu",
  "IsInf",
  "QLinearConv",
  "QLinearMatMul",
  "MeanVarianceNormalization",
]);

/**
 * Float16 arithmetic and weights. Nodes whose constants would overflow or vanish in float16, whose observed values would overflow, operators without a
 * float16 version, nodes with subgraphs and excluded nodes stay in float32 with casts around them. Changes `model` and returns it. Simplify first.
 */
export function convertToFloat16(model: OnnxModel, options: Float16Options = {}): ConversionResult {
  const raised = upgradeOpset(model, CAST_OPSET);
  inferModel(model);
  const { graph } = model;
  const halves = new Set(graph.nodes.filter((node) => keepReason(graph, node, options) === null));
  const kept = graph.nodes
    .filter((node) => !halves.has(node) && touchesFloat(graph, node))
    .map((node) => `${node.describe()} (${keepReason(graph, node, options)})`);
  const half = new Set<string>();
  for (const node of halves) for (const output of halfOutputs(node)) if (isFloat(graph, output)) half.add(output);
  const keepIo = options.keepIo ?? true;
  if (!keepIo) for (const input of graph.inputs) if (isFloat(graph, input)) half.add(input);
  if (keepIo) castOutputs(graph, half);
  castInputs(graph, halves, half);
  for (const node of halves) convertAttributes(node);
  for (const name of half) {
    const type = graph.types.get(name);
    if (type !== undefined) graph.types.set(name, { ...type, elemType: DataType.FLOAT16 });
  }
  graph.sortTopologically();
  // A Cast to float32 that was in the model casts float16 to itself now.
  runPasses(model, [removeIdentities, dedupeInitialisers, removeDeadCode]);
  shortenNames(graph);
  return { model, notes: [...raised, ...summarise(halves.size, kept)], warnings: [], placement: [] };
}

function isFloat(graph: Graph, name: string): boolean {
  return name !== "" && graph.typeOf(name)?.elemType === DataType.FLOAT;
}

function touchesFloat(graph: Graph, node: Node): boolean {
  return [...node.inputs, ...node.outputs].some((name) => isFloat(graph, name));
}

/** LayerNormalization gives its mean and deviation in float32 whatever it normalises. */
function halfOutputs(node: Node): readonly string[] {
  return node.is("LayerNormalization") ? node.outputs.slice(0, 1) : node.outputs;
}

function isConvertible(graph: Graph, node: Node): boolean {
  if (node.domain !== "" || KEPT.has(node.opType) || node.subgraphs().length > 0 || !touchesFloat(graph, node)) return false;
  // onnxruntime adds or multiplies scattered values in float32 only.
  if (node.is("ScatterElements", "ScatterND") && node.string("reduction", "none") !== "none") return false;
  // Where a type is not known, float16 could meet float32.
  return ![...node.inputs, ...node.outputs].some((name) => name !== "" && (graph.typeOf(name)?.elemType ?? 0) === 0);
}

/** Why a node stays in float32; null where it becomes float16. */
function keepReason(graph: Graph, node: Node, options: Float16Options): string | null {
  if (options.exclude?.includes(node.name) === true || options.excludeOperators?.includes(node.opType) === true) return "excluded by hand";
  if (!isConvertible(graph, node)) return "no float16 version";
  const constants = node.inputs.filter((input) => isFloat(graph, input)).map((input) => graph.constantOf(input));
  if (!constants.every((tensor) => tensor === null || fitsFloat16(tensor))) return "its constants do not fit float16";
  const overflows = [...node.inputs, ...node.outputs].some((name) => reachOf(options.ranges?.get(name)) > LARGEST * HEADROOM);
  return overflows ? "its values overflow float16" : null;
}

function reachOf(range: { readonly min: number; readonly max: number } | undefined): number {
  return range === undefined ? 0 : Math.max(-range.min, range.max);
}

/** No finite value overflows, a setting (an epsilon, a scalar) does not vanish, and what the other values lose by becoming tiny does not matter. */
function fitsFloat16(tensor: Tensor): boolean {
  const values = float32View(tensor);
  const isSetting = values.length <= 4;
  let [energy, lost] = [0, 0];
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (!Number.isFinite(value)) continue;
    if (magnitude > LARGEST || (isSetting && value !== 0 && magnitude < SMALLEST)) return false;
    energy += value * value;
    if (magnitude < NORMAL) lost += (value - fromFloat16Bits(toFloat16Bits(value))) ** 2;
  }
  return lost <= energy * MOST_LOST;
}

/** An output that is now float16 inside keeps its name and type behind a cast. */
function castOutputs(graph: Graph, half: Set<string>): void {
  for (const output of new Set(graph.outputs)) {
    const producer = graph.producerOf(output);
    if (!half.has(output) || producer === null) continue;
    const inner = graph.freshName("h");
    const type = graph.types.get(output);
    if (type !== undefined) graph.types.set(inner, type);
    graph.setOutput(producer, producer.outputs.indexOf(output), inner);
    half.add(inner);
    half.delete(output);
    // Readers inside take the float16 value; the outside takes the cast.
    graph.replaceUses(output, inner);
    graph.addNode({ opType: "Cast", inputs: [inner], outputs: [output], attributes: { to: intAttribute(DataType.FLOAT) } });
  }
}

/** Gives every node its inputs in its own precision; one cast per value and direction. */
function castInputs(graph: Graph, halves: ReadonlySet<Node>, half: Set<string>): void {
  const casts = new Map<string, string>();
  for (const node of graph.nodes) {
    if (node.is("Cast") && !halves.has(node)) continue;
    for (const [index, input] of node.inputs.entries()) {
      if (input === "" || (!half.has(input) && !isFloat(graph, input)) || half.has(input) === halves.has(node)) continue;
      const known = casts.get(input);
      const name = known ?? convertValue(graph, input, halves.has(node));
      casts.set(input, name);
      graph.setInput(node, index, name);
    }
    for (const subgraph of node.subgraphs()) widenCaptures(graph, subgraph, half, casts);
    if (node.subgraphs().length > 0) graph.refreshCaptures(node);
  }
}

function convertValue(graph: Graph, name: string, toHalf: boolean): string {
  const tensor = toHalf ? graph.constantOf(name) : null;
  if (tensor !== null) return graph.addConstant(tensorFromNumbers(DataType.FLOAT16, tensor.dims, float32View(tensor)), "h");
  const output = graph.freshName(toHalf ? "h" : "f");
  graph.addNode({
    opType: "Cast",
    inputs: [name],
    outputs: [output],
    attributes: { to: intAttribute(toHalf ? DataType.FLOAT16 : DataType.FLOAT) },
  });
  return output;
}

/** Subgraphs stay in float32: what they read from here is cast back. */
function widenCaptures(graph: Graph, subgraph: Graph, half: ReadonlySet<string>, casts: Map<string, string>): void {
  for (const name of subgraph.captures()) {
    if (!half.has(name)) continue;
    const widened = casts.get(name) ?? convertValue(graph, name, false);
    casts.set(name, widened);
    subgraph.renameCapture(name, widened);
  }
}

/** Types and values that stand in attributes: Cast's target, ConstantOfShape's value. */
function convertAttributes(node: Node): void {
  if (node.is("Cast") && node.int("to", 0) === DataType.FLOAT) node.attributes.set("to", intAttribute(DataType.FLOAT16));
  const value = node.tensor("value");
  if (node.is("ConstantOfShape") && (value === null || value.dataType === DataType.FLOAT)) {
    node.attributes.set("value", {
      kind: "tensor",
      value: tensorFromNumbers(DataType.FLOAT16, [1], value === null ? [0] : float32View(value)),
    });
  }
}

function summarise(converted: number, kept: readonly string[]): string[] {
  const notes = [
    `${converted} nodes run in float16. On x64 and most ARM CPUs that makes the file smaller, not the model faster: they calculate in float32.`,
  ];
  if (kept.length > 0) notes.push(`${kept.length} nodes stay in float32: ${kept.slice(0, 5).join(", ")}${kept.length > 5 ? "…" : ""}.`);
  return notes;
}

/** The values whose ranges tell where float16 would overflow: every float32 that a node writes, and the float inputs. Infers types in `model`. */
export function float16Taps(model: OnnxModel): string[] {
  inferModel(model);
  const { graph } = model;
  return [...graph.inputs, ...graph.nodes.flatMap((node) => node.outputs)].filter(
    (name) => isFloat(graph, name) && graph.constantOf(name) === null,
  );
}

import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";

/** Which nodes run on integers and which values are quantised between them. */
export interface Placement {
  /** Nodes with int8 weights: Conv, Gemm, MatMul. */
  readonly weighted: readonly Node[];
  /** Every node that reads and writes quantised values, the weighted ones included. */
  readonly quantised: ReadonlySet<Node>;
  /** Quantised value → the value whose range gives its scale. Nodes that only move data keep their input's. */
  readonly rangeOf: ReadonlyMap<string, string>;
  /** Relu and Clip nodes that the saturation of their quantised output replaces, with the node in front of them. */
  readonly absorbed: ReadonlyMap<Node, Node>;
}

/** Output = some of the input's elements: the input's scale and zero point fit exactly. */
const MOVING = ["MaxPool", "Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Gather", "DepthToSpace", "SpaceToDepth"];
/** Have integer kernels for two or more quantised operands, or one. */
const COMBINING = ["Add", "Mul", "Concat", "AveragePool", "GlobalAveragePool"];

/**
 * Decides the placement for onnxruntime's CPU kernels. Conv, Gemm and MatMul with constant float weights are quantised; element-wise, pooling
 * and data-moving nodes join where they stand between quantised ones; everything else, Softmax above all, stays in float. Conv always
 * writes a quantised value; Gemm and MatMul write float where only float nodes read them, which costs nothing and keeps the logits exact.
 */
export function planPlacement(graph: Graph, exclude: ReadonlySet<string>): Placement {
  const weighted = graph.nodes.filter((node) => !exclude.has(node.name) && isWeighted(graph, node));
  const absorbed = findAbsorbed(graph, exclude);
  const values = new Set<string>();
  for (const node of weighted) values.add(node.inputs[0] ?? "");
  const quantised = new Set<Node>(weighted);
  for (const node of graph.nodes) {
    if (exclude.has(node.name)) continue;
    if (!quantised.has(node) && joins(graph, node, values)) quantised.add(node);
    if (quantised.has(node) && !node.is("Gemm", "MatMul")) values.add(outputOf(graph, node, absorbed));
  }
  pruneMoving(graph, quantised, values, absorbed);
  const inUse = new Map(
    [...absorbed].filter(([activation, producer]) => quantised.has(producer) && values.has(activation.outputs[0] ?? "")),
  );
  return { weighted, quantised, rangeOf: shareRanges(graph, quantised, values), absorbed: inUse };
}

function isWeighted(graph: Graph, node: Node): boolean {
  if (!node.is("Conv", "Gemm", "MatMul") || graph.typeOf(node.inputs[0] ?? "")?.elemType !== DataType.FLOAT) return false;
  if (graph.constantOf(node.inputs[0] ?? "") !== null) return false;
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  const bias = node.inputs[2] ?? "";
  if (weight === null || weight.bytes.byteLength === 0) return false;
  if (node.is("Conv")) return bias === "" || floatConstant(graph, bias)?.dims.length === 1;
  if (weight.dims.length !== 2) return false;
  if (node.is("MatMul")) return true;
  const plain = node.float("alpha", 1) === 1 && node.float("beta", 1) === 1 && node.int("transA", 0) === 0;
  const columns = weight.dims[node.int("transB", 0) === 1 ? 0 : 1];
  return plain && (bias === "" || floatConstant(graph, bias)?.dims.join() === String(columns));
}

function joins(graph: Graph, node: Node, values: ReadonlySet<string>): boolean {
  const data = node.inputs[0] ?? "";
  if (node.is(...MOVING)) return values.has(data) && node.outputs.slice(1).every((output) => output === "");
  if (!node.is(...COMBINING)) return false;
  if (graph.typeOf(data)?.elemType !== DataType.FLOAT) return false;
  return node.inputs.every((input) => values.has(input));
}

/** Relu or Clip around zero that alone reads a node which can saturate in its place. */
function findAbsorbed(graph: Graph, exclude: ReadonlySet<string>): Map<Node, Node> {
  const found = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const input = node.inputs[0] ?? "";
    const producer = graph.producerOf(input);
    if (producer === null || !producer.is("Conv", "Gemm", "MatMul", "Add", "Mul") || exclude.has(node.name) || exclude.has(producer.name))
      continue;
    if (graph.consumerCount(input) !== 1 || graph.isOutput(input) || !(node.is("Relu") || isClipAroundZero(graph, node))) continue;
    found.set(node, producer);
  }
  return found;
}

function isClipAroundZero(graph: Graph, node: Node): boolean {
  if (!node.is("Clip")) return false;
  const limit = (index: number, name: string, fallback: number): number | null => {
    const input = node.inputs[index] ?? "";
    if (input === "") return node.float(name, fallback);
    const tensor = graph.constantOf(input);
    return tensor === null ? null : (toNumbers(tensor)[0] ?? fallback);
  };
  const [low, high] = [limit(1, "min", -Infinity), limit(2, "max", Infinity)];
  return low !== null && high !== null && low <= 0 && high >= 0;
}

/** The value that a quantised node ends in: behind its absorbed activation if it has one. */
function outputOf(graph: Graph, node: Node, absorbed: ReadonlyMap<Node, Node>): string {
  const output = node.outputs[0] ?? "";
  const activation = graph.consumersOf(output).find((consumer) => absorbed.get(consumer) === node);
  return activation?.outputs[0] ?? output;
}

/** A data-moving node in front of float nodes only gains nothing: from the end backwards, such nodes go back to float. */
function pruneMoving(graph: Graph, quantised: Set<Node>, values: Set<string>, absorbed: ReadonlyMap<Node, Node>): void {
  for (const node of [...graph.nodes].reverse()) {
    const output = node.outputs[0] ?? "";
    if (!quantised.has(node) || !node.is(...MOVING) || graph.consumersOf(output).some((consumer) => quantised.has(consumer))) continue;
    quantised.delete(node);
    values.delete(outputOf(graph, node, absorbed));
  }
}

function shareRanges(graph: Graph, quantised: ReadonlySet<Node>, values: ReadonlySet<string>): Map<string, string> {
  const rangeOf = new Map([...values].map((value) => [value, value]));
  for (const node of graph.nodes) {
    if (!quantised.has(node) || !node.is(...MOVING)) continue;
    const input = node.inputs[0] ?? "";
    const output = node.outputs[0] ?? "";
    if (values.has(output)) rangeOf.set(output, rangeOf.get(input) ?? input);
  }
  return rangeOf;
}

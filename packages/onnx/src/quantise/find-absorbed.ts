import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { clipLimits } from "./kernel-sets.ts";

const PRODUCERS = ["Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Sub", "Mul", "Concat", "AveragePool", "GlobalAveragePool"];

/** Relu or Clip around zero that alone reads a node whose quantised output can saturate in its place, with that node. */
export function findAbsorbed(graph: Graph, isExcluded: (node: Node) => boolean): Map<Node, Node> {
  const found = new Map<Node, Node>();
  for (const node of graph.nodes) {
    if (!isAroundZero(graph, node) || isExcluded(node)) continue;
    const input = node.inputs[0] ?? "";
    const producer = graph.producerOf(input);
    if (producer === null || !producer.is(...PRODUCERS) || isExcluded(producer)) continue;
    if (graph.consumerCount(input) === 1 && !graph.isOutput(input)) found.set(node, producer);
  }
  return found;
}

/** A Relu, or a Clip that lets zero through: only then is its output range one that a zero point can stand in. */
export function isAroundZero(graph: Graph, node: Node): boolean {
  if (!node.is("Relu", "Clip")) return false;
  const limits = clipLimits(graph, node);
  return limits !== null && limits.low <= 0 && limits.high >= 0;
}

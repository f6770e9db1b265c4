import type { BlockShape, GraphFacts } from "./types.ts";

/** Operators and how often, in the order of their first appearance. */
export function countOperators(graph: GraphFacts, nodes: readonly number[]): { op: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const index of nodes) {
    const op = graph.nodes[index]?.op ?? "";
    counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  return [...counts].map(([op, count]) => ({ op, count }));
}

/** What people call a block with these nodes, in their order; null where it has no name that is sure. */
export function recogniseShape(
  graph: GraphFacts,
  nodes: readonly number[],
  isDepthwise: (node: NonNullable<GraphFacts["nodes"][number]>) => boolean,
): BlockShape | null {
  const facts = nodes.flatMap((index) => graph.nodes[index] ?? []);
  const count = (...ops: string[]): number => facts.filter((node) => ops.includes(node.op)).length;
  const convolutions = count("Conv", "ConvTranspose", "QLinearConv", "ConvInteger");
  const products = count("MatMul", "Gemm", "MatMulInteger", "QLinearMatMul");
  if (products >= 2 && count("Softmax") === 1) return "attention";
  const residual = endsInResidual(graph, nodes);
  const depthwise = facts.some((node) => node.op === "Conv" && isDepthwise(node));
  if (depthwise && convolutions >= 2) return residual ? "inverted-residual" : "separable";
  if (residual && convolutions + products > 0) return "residual";
  if (convolutions === 1 && products === 0) return "convolution";
  if (products === 1 && convolutions === 0) return "dense";
  return null;
}

/** Whether an Add brings two paths together: one around the other, which begins outside the block or inside it. */
function endsInResidual(graph: GraphFacts, nodes: readonly number[]): boolean {
  const isComputed = (value: number | null): boolean =>
    value !== null && graph.values[graph.values[value]?.source ?? value]?.kind !== "constant";
  return nodes.some((index) => {
    const node = graph.nodes[index];
    return node?.op === "Add" && node.inputs.length === 2 && node.inputs.every(isComputed);
  });
}

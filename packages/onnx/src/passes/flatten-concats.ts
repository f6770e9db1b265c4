import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { type Pass, rewriteNodes } from "./pass.ts";

/**
 * Before:     y = Concat(a, Concat(b, c), d)
 * After:      y = Concat(a, b, c, d)
 * Conditions: the same axis; nothing else reads the inner value, which would then be put together twice
 * Bit-equal.
 */
export const flattenConcats: Pass = {
  id: "flatten-concats",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Concat") && flatten(graph, node)),
};

function flatten(graph: Graph, node: Node): boolean {
  const inner = new Map(node.inputs.flatMap((value) => (isPartOf(graph, node, value) ? [[value, graph.producerOf(value)]] : [])));
  if (inner.size === 0) return false;
  const { opType, domain, name, outputs, attributes } = node;
  const inputs = node.inputs.flatMap((value) => inner.get(value)?.inputs ?? [value]);
  graph.replaceNode(node, { opType, domain, name, outputs, attributes, inputs });
  for (const producer of inner.values()) if (producer !== null) graph.removeNode(producer);
  return true;
}

function isPartOf(graph: Graph, node: Node, value: string): boolean {
  const producer = graph.producerOf(value);
  if (producer?.is("Concat") !== true || graph.isOutput(value) || graph.consumerCount(value) > 1) return false;
  // A negative axis counts from the end, and both have the same number of axes.
  const rank = graph.typeOf(value)?.shape?.length;
  const fromStart = (axis: number): number => (axis < 0 && rank !== undefined ? axis + rank : axis);
  return fromStart(node.int("axis", 1)) === fromStart(producer.int("axis", 1));
}

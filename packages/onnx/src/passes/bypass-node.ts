import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";

/**
 * Takes a node out whose output 0 equals its input `index`. A graph's output keeps its name, so then the input's producer must be
 * renamed, which is not possible where the input is a graph input, a constant, from outside or an output itself. Returns whether it went.
 */
export function bypassNode(graph: Graph, node: Node, index = 0): boolean {
  const from = node.inputs[index] ?? "";
  const to = node.outputs[0] ?? "";
  if (from === "" || to === "") return false;
  if (!graph.isOutput(to)) {
    graph.removeNode(node);
    graph.replaceUses(to, from);
    return true;
  }
  if (graph.producerOf(from) === null || graph.isOutput(from)) return false;
  const type = graph.types.get(to);
  graph.removeNode(node);
  graph.replaceUses(to, from);
  graph.renameValue(from, to);
  if (type !== undefined) graph.types.set(to, type);
  return true;
}

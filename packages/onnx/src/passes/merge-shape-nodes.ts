import { intsAttribute } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";

/**
 * Before:     z = Reshape(Reshape|Flatten|Squeeze|Unsqueeze(x), s) or z = Transpose(Transpose(x))
 * After:      z = Reshape(x, s) or one Transpose with the permutations multiplied
 * Conditions: s is constant without a 0 ("copy from the input", which would then be another input); other readers of the middle value keep it
 * Bit-equal.
 */
export const mergeShapeNodes: Pass = {
  id: "merge-shape-nodes",
  run: (graph) => rewriteNodes(graph, (node) => mergeReshape(graph, node) || mergeTranspose(graph, node)),
};

function mergeReshape(graph: Graph, node: Node): boolean {
  const before = graph.producerOf(node.inputs[0] ?? "");
  const target = graph.constantOf(node.inputs[1] ?? "");
  if (!node.is("Reshape") || before === null || target === null || !before.is("Reshape", "Flatten", "Squeeze", "Unsqueeze")) return false;
  if (toNumbers(target).includes(0)) return false;
  graph.setInput(node, 0, before.inputs[0] ?? "");
  return true;
}

function mergeTranspose(graph: Graph, node: Node): boolean {
  const before = graph.producerOf(node.inputs[0] ?? "");
  if (!node.is("Transpose") || before === null || !before.is("Transpose")) return false;
  const rank = node.ints("perm")?.length ?? before.ints("perm")?.length ?? graph.typeOf(node.inputs[0] ?? "")?.shape?.length;
  if (rank === undefined) return false;
  const reversed = Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const [outer, inner] = [node.ints("perm") ?? reversed, before.ints("perm") ?? reversed];
  node.attributes.set("perm", intsAttribute(outer.map((axis) => inner[axis] ?? 0)));
  graph.setInput(node, 0, before.inputs[0] ?? "");
  return true;
}

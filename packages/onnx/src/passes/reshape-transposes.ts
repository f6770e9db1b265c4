import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { int64Tensor } from "../graph/tensor.ts";
import { type Pass, rewriteNodes } from "./pass.ts";

/**
 * Before:     y = Transpose(x) where only axes of size 1 change places, such as [n, 1, 28, 28] → [n, 28, 28, 1]
 * After:      y = Reshape(x, constant): no memory moves, and a Reshape merges with the next one
 * Conditions: the axes that are not 1 keep their order; at most one dimension of y is not known, and none is 0
 * Bit-equal.
 */
export const reshapeTransposes: Pass = {
  id: "reshape-transposes",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Transpose") && reshape(graph, node)),
};

function reshape(graph: Graph, node: Node): boolean {
  const shape = graph.typeOf(node.inputs[0] ?? "")?.shape ?? null;
  if (shape === null) return false;
  const perm = node.ints("perm") ?? [...shape.keys()].reverse();
  const moved = perm.filter((axis) => shape[axis] !== 1);
  if (moved.some((axis, index) => index > 0 && axis < (moved[index - 1] ?? 0))) return false;
  if (perm.every((axis, index) => axis === index)) return false;
  const dims = perm.map((axis) => shape[axis] ?? null);
  if (dims.filter((dim) => typeof dim !== "number").length > 1 || dims.includes(0)) return false;
  const target = graph.addConstant(int64Tensor(dims.map((dim) => (typeof dim === "number" ? dim : -1))), "shape");
  graph.replaceNode(node, { opType: "Reshape", name: node.name, inputs: [node.inputs[0] ?? "", target], outputs: node.outputs });
  return true;
}

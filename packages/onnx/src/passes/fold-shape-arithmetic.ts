import { int64Tensor } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import { type Pass, rewriteNodes } from "./pass.ts";

/**
 * Before:     y = Reshape(x, s), s computed from shapes (Shape, Gather, Slice, Concat…)
 * After:      y = Reshape(x, constant), with -1 for the one dimension that is not known
 * Conditions: inference knows every entry of s but at most one, or every dimension of y but at most one; no entry is 0, which would mean
 *             "copy". The chain that computed s is then dead.
 */
export const foldShapeArithmetic: Pass = {
  id: "fold-shape-arithmetic",
  run: (graph, context) =>
    rewriteNodes(graph, (node) => {
      const target = node.inputs[1] ?? "";
      if (!node.is("Reshape") || target === "" || graph.constantOf(target) !== null) return false;
      const wanted = settle(graph.typeOf(node.outputs[0] ?? "")?.shape ?? null) ?? settle(context.entries.get(target) ?? null);
      if (wanted === null) return false;
      graph.setInput(node, 1, graph.addConstant(int64Tensor(wanted), "shape"));
      return true;
    }),
};

function settle(entries: readonly Dim[] | null): number[] | null {
  if (entries === null) return null;
  const open = entries.filter((dim) => typeof dim !== "number" || dim < 0).length;
  if (open > 1 || entries.includes(0)) return null;
  return entries.map((dim) => (typeof dim === "number" && dim >= 0 ? dim : -1));
}

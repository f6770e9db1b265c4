import type { GraphDrawing, GraphNode, GraphValue } from "@flotilla/contracts";
import { foldedSize } from "../item-size.ts";
import { layOutGroup, type OutlinedGroup } from "./lay-out-group.ts";

/** Lays out every group of a drawing with everything inside it folded. The same outline gives the same picture. */
export function layOutDrawing(
  facts: { readonly nodes: readonly GraphNode[]; readonly values: readonly GraphValue[] },
  outline: { readonly groups: readonly OutlinedGroup[] },
): GraphDrawing {
  const sourceOf = (value: number): number => facts.values[value]?.source ?? value;
  return {
    groups: outline.groups.map((group) =>
      layOutGroup(
        group,
        group.items.map((item) => foldedSize(facts, item)),
        sourceOf,
      ),
    ),
  };
}

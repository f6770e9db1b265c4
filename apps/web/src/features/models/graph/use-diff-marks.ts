"use client";
import type { GraphDrawing } from "@flotilla/contracts";
import { type DiffEntry, type DiffStatus, nodesInside } from "@flotilla/domain/graph";
import { useMemo } from "react";
import type { Marks } from "./marks.ts";

/** The marks of one side of a comparison. A folded block shows what became of most of the nodes in it that differ, and how many differ. */
export function useDiffMarks(entries: ReadonlyMap<number, DiffEntry>, drawing: GraphDrawing, onlyDifferences: boolean): Marks {
  const byGroup = useMemo(() => {
    const counts = new Map<number, { status: DiffStatus; count: number } | null>();
    for (const group of drawing.groups.keys()) counts.set(group, summarise(nodesInside(drawing, group), entries));
    return counts;
  }, [drawing, entries]);
  return useMemo(
    () => ({
      onlyDifferences,
      of: ({ item, unfolded }) => {
        if (item.kind === "node") return summarise([item.node], entries);
        return item.kind === "group" && !unfolded ? (byGroup.get(item.group) ?? null) : null;
      },
    }),
    [entries, byGroup, onlyDifferences],
  );
}

function summarise(nodes: readonly number[], entries: ReadonlyMap<number, DiffEntry>): { status: DiffStatus; count: number } | null {
  const counts = new Map<DiffStatus, number>();
  for (const node of nodes) {
    const status = entries.get(node)?.status ?? "kept";
    if (status !== "kept") counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const [most] = [...counts].sort((left, right) => right[1] - left[1]);
  return most === undefined ? null : { status: most[0], count: [...counts.values()].reduce((sum, count) => sum + count, 0) };
}

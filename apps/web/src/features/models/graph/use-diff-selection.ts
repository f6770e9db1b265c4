"use client";
import type { DiffEntry, GraphDiff } from "@flotilla/domain/graph";
import { useState } from "react";
import type { SceneState } from "./use-scene.ts";

const NODE_KEY = /^node-(\d+)$/;

export interface DiffSelection {
  entry: DiffEntry | null;
  left: string | null;
  right: string | null;
  selectLeft: (key: string | null) => void;
  selectRight: (key: string | null) => void;
  /** Selects on both sides, and unfolds what is around. */
  choose: (entry: DiffEntry) => void;
}

/** What is selected on one side selects what it became, or was, on the other. */
export function useDiffSelection(diff: GraphDiff, left: SceneState, right: SceneState): DiffSelection {
  const [selected, setSelected] = useState<{ entry: DiffEntry | null; left: string | null; right: string | null }>({
    entry: null,
    left: null,
    right: null,
  });
  const nodeOf = (key: string | null): number | null => {
    const number = key === null ? undefined : NODE_KEY.exec(key)?.[1];
    return number === undefined ? null : Number(number);
  };
  const select = (side: "left" | "right", key: string | null): void => {
    const node = nodeOf(key);
    const entry = node === null ? undefined : (side === "left" ? diff.bySource : diff.byVariant).get(node);
    const other = side === "left" ? entry?.variant : entry?.source;
    const state = side === "left" ? right : left;
    const otherKey = other === null || other === undefined ? null : state.reveal(other);
    setSelected({ entry: entry ?? null, left: side === "left" ? key : otherKey, right: side === "left" ? otherKey : key });
  };
  /** Folding a block takes the box away that was selected in it: the block stands for it. */
  const shown = (state: SceneState, key: string | null): string | null => {
    const node = nodeOf(key);
    return key === null || state.boxByKey.has(key) || node === null ? key : state.keyOf(node);
  };
  return {
    entry: selected.entry,
    left: shown(left, selected.left),
    right: shown(right, selected.right),
    selectLeft: (key) => select("left", key),
    selectRight: (key) => select("right", key),
    choose: (entry) =>
      setSelected({
        entry,
        left: entry.source === null ? null : left.reveal(entry.source),
        right: entry.variant === null ? null : right.reveal(entry.variant),
      }),
  };
}

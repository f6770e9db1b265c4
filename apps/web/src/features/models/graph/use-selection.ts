"use client";
import { useEffect, useMemo, useRef } from "react";
import { resolveKey } from "./resolve-key.ts";
import type { SceneState } from "./use-scene.ts";

const NODE_KEY = /^node-(\d+)$/;

/**
 * The key of the box that is selected, given the one in the address: a node that stands in a folded block, because the address is a link or the
 * drawing was changed, is unfolded to once; after that its block stands for it.
 */
export function useSelection(state: SceneState, asked: string | null): string | null {
  const { boxByKey, reveal, keyOf, drawing, view } = state;
  const key = useMemo(() => resolveKey(view, asked), [view, asked]);
  const number = key === null ? undefined : NODE_KEY.exec(key)?.[1];
  const node = number === undefined || view.nodes[Number(number)] === undefined ? null : Number(number);
  const last = useRef<unknown>(null);
  useEffect(() => {
    const question = `${key} ${drawing.groups.length}`;
    if (last.current === question) return;
    last.current = question;
    if (node !== null && key !== null && !boxByKey.has(key)) reveal(node);
  }, [key, node, drawing, boxByKey, reveal]);
  if (key === null || boxByKey.has(key)) return key;
  return node === null ? null : keyOf(node);
}

"use client";
import type { GraphDrawing, GraphView, NodeTimes } from "@flotilla/contracts";
import {
  composeScene,
  drawnNode,
  groupsAround,
  keyOfNode,
  locateNodes,
  type NodeCost,
  nodeCosts,
  type Scene,
  type Steps,
  stepsOf,
  type Whereabouts,
} from "@flotilla/domain/graph";
import { useCallback, useMemo, useState } from "react";
import { type Times, useTimes } from "./use-times.ts";

export type DrawingKind = "compact" | "full";

/** A graph as it is drawn now, and what can be done with it. */
export interface SceneState {
  view: GraphView;
  drawing: GraphDrawing;
  scene: Scene;
  steps: Steps;
  whereabouts: Whereabouts;
  costs: readonly NodeCost[];
  /** null where nothing was measured. */
  times: Times | null;
  unfolded: ReadonlySet<number>;
  /** Place in the scene's boxes by key. */
  boxByKey: ReadonlyMap<string, number>;
  toggle: (group: number) => void;
  foldAll: () => void;
  unfoldAll: () => void;
  /** Unfolds what is around a node and gives the key of its box. */
  reveal: (node: number) => string;
  /** The key of the box that shows a node now. */
  keyOf: (node: number) => string;
}

const nothing: ReadonlySet<number> = new Set();

/** Composes the picture of a view; what is unfolded is kept for each of its two drawings. */
export function useScene(view: GraphView, kind: DrawingKind, measured: NodeTimes | null = null): SceneState {
  const [open, setOpen] = useState<Partial<Record<DrawingKind, ReadonlySet<number>>>>({});
  const drawing = kind === "full" && view.full !== null ? view.full : view.compact;
  const unfolded = open[kind] ?? nothing;
  const whereabouts = useMemo(() => locateNodes(drawing), [drawing]);
  const costs = useMemo(() => nodeCosts(view), [view]);
  const times = useTimes(view, drawing, measured);
  const scene = useMemo(() => composeScene(view, drawing, unfolded), [view, drawing, unfolded]);
  const steps = useMemo(() => stepsOf(view, drawing, scene), [view, drawing, scene]);
  const boxByKey = useMemo(() => new Map(scene.boxes.map((box, index) => [box.key, index])), [scene]);
  const change = useCallback(
    (edit: (before: ReadonlySet<number>) => ReadonlySet<number>) =>
      setOpen((current) => ({ ...current, [kind]: edit(current[kind] ?? nothing) })),
    [kind],
  );
  const toggle = useCallback(
    (group: number) =>
      change((before) => {
        const next = new Set(before);
        if (!next.delete(group)) next.add(group);
        return next;
      }),
    [change],
  );
  const reveal = useCallback(
    (node: number) => {
      const shown = drawnNode(view, drawing, node);
      const around = groupsAround(whereabouts, shown);
      if (around.some((group) => !unfolded.has(group))) change((before) => new Set([...before, ...around]));
      return `node-${shown}`;
    },
    [view, drawing, whereabouts, unfolded, change],
  );
  const keyOf = useCallback(
    (node: number) => keyOfNode(whereabouts, drawing, unfolded, drawnNode(view, drawing, node)),
    [view, drawing, whereabouts, unfolded],
  );
  const foldAll = useCallback(() => change(() => nothing), [change]);
  const unfoldAll = useCallback(() => change(() => new Set(drawing.groups.keys())), [change, drawing]);
  return { view, drawing, scene, steps, whereabouts, costs, times, unfolded, boxByKey, toggle, foldAll, unfoldAll, reveal, keyOf };
}

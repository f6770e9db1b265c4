"use client";
import type { GraphDrawing, GraphView, NodeTimes } from "@flotilla/contracts";
import { drawnTimes, nodesInside, type SceneBox } from "@flotilla/domain/graph";
import { useMemo } from "react";

/** What the nodes of a picture cost in time. */
export interface Times {
  measured: NodeTimes;
  /** Milliseconds in one run by node, as it is drawn; null where it has no kernel of its own. */
  ofNode: (node: number) => number | null;
  /** Of everything inside, folded or not. */
  ofGroup: (group: number) => number | null;
  ofBox: (box: SceneBox) => number | null;
  /** Of the node that takes longest. */
  longest: number;
}

/** The measured times of the nodes that a drawing shows; null where nothing was measured. */
export function useTimes(view: GraphView, drawing: GraphDrawing, measured: NodeTimes | null): Times | null {
  return useMemo(() => {
    if (measured === null) return null;
    const { own, withFolded } = drawnTimes(view, measured);
    const shown = drawing === view.compact ? withFolded : own;
    const ofNode = (node: number) => shown[node] ?? null;
    const byGroup = drawing.groups.map((_, group) => sum(nodesInside(drawing, group).map(ofNode)));
    const ofGroup = (group: number) => byGroup[group] ?? null;
    return {
      measured,
      ofNode,
      ofGroup,
      ofBox: ({ item }) => (item.kind === "node" ? ofNode(item.node) : item.kind === "group" ? ofGroup(item.group) : null),
      longest: shown.reduce<number>((most, ms) => Math.max(most, ms ?? 0), 0),
    };
  }, [view, drawing, measured]);
}

function sum(times: readonly (number | null)[]): number | null {
  return times.reduce((total, ms) => (ms === null ? total : (total ?? 0) + ms), null);
}

/** Steps of the colour: more could not be told apart. */
export const HEAT_STEPS = 6;

/** How hot: 0 for nothing to 1 for the longest node, or a block that takes longer than any. The root spreads what is short. */
export function heatOf(times: Times, ms: number | null): number {
  if (ms === null || times.longest === 0) return 0;
  return Math.round(Math.sqrt(Math.min(1, ms / times.longest)) * HEAT_STEPS) / HEAT_STEPS;
}

/** Behind words: light enough to read them. */
export const heatFill = (heat: number, ground: string): string =>
  heat === 0 ? ground : `color-mix(in oklab, var(--warn) ${Math.round(heat * 34)}%, ${ground})`;

/** Where there are no words. */
export const heatColour = (heat: number): string => `color-mix(in oklab, var(--warn) ${Math.round(12 + heat * 88)}%, var(--sunken))`;

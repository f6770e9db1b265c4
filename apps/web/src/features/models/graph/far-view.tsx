"use client";
import { type OpFamily, opFamily, type Scene } from "@flotilla/domain/graph";
import type { GraphView } from "@flotilla/contracts";
import { memo, useMemo } from "react";
import { familyStyle } from "./family-style.ts";
import { heatColour, heatOf, type Times } from "./use-times.ts";

type OutlineKey = OpFamily | "group" | "door" | "frame" | `heat ${number}`;

export interface Outlines {
  /** One path a family or a heat, "group" for folded blocks, "door" for inputs and outputs, "frame" for unfolded blocks. */
  boxes: readonly { key: string; path: string; fill: string; stroke?: string }[];
  edges: string;
}

/** The whole picture in a handful of paths: what is seen from afar, and in the small map. With `times`, coloured by them. */
export function outlinesOf(view: GraphView, scene: Scene, times: Times | null): Outlines {
  const paths = new Map<OutlineKey, string>();
  for (const box of scene.boxes) {
    const { item, x, y, width, height, unfolded } = box;
    if (item.kind === "entry" || item.kind === "exit") continue;
    const hot = times !== null && !unfolded && (item.kind === "node" || item.kind === "group");
    const key: OutlineKey = hot
      ? `heat ${heatOf(times, times.ofBox(box))}`
      : unfolded
        ? "frame"
        : item.kind === "group"
          ? "group"
          : item.kind === "node"
            ? opFamily(view.nodes[item.node]?.op ?? "")
            : "door";
    paths.set(key, `${paths.get(key) ?? ""}M${x} ${y}h${width}v${height}h${-width}z`);
  }
  const fill = (key: OutlineKey) =>
    key.startsWith("heat ")
      ? { fill: heatColour(Number(key.slice(5))), stroke: "var(--line-input)" }
      : key === "frame"
        ? { fill: "none", stroke: "var(--line-input)" }
        : key === "group"
          ? { fill: "var(--muted)" }
          : key === "door"
            ? { fill: "var(--line-strong)", stroke: "var(--line-input)" }
            : { fill: familyStyle[key as OpFamily].colour };
  const edges = scene.edges.map(({ points }) => `M${points.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`).join("L")}`).join("");
  return { boxes: [...paths].map(([key, path]) => ({ key, path, ...fill(key) })), edges };
}

/** Words could not be read at this size, so there are none. */
export const FarView = memo(function FarView({ outlines, scale }: { outlines: Outlines; scale: number }) {
  return (
    <g>
      <path d={outlines.edges} fill="none" stroke="var(--line-input)" strokeWidth={1 / scale} strokeOpacity={0.7} />
      {outlines.boxes.map(({ key, path, fill, stroke }) => (
        <path key={key} d={path} fill={fill} stroke={stroke} strokeWidth={1 / scale} />
      ))}
    </g>
  );
});

export function useOutlines(view: GraphView, scene: Scene, times: Times | null): Outlines {
  return useMemo(() => outlinesOf(view, scene, times), [view, scene, times]);
}

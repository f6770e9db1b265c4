"use client";
import type { SceneEdge } from "@flotilla/domain/graph";
import { memo, useMemo } from "react";
import { curve } from "./curve.ts";
import type { SceneState } from "./use-scene.ts";
import { type Box, overlaps } from "./viewport.ts";

/** Closer than this, what passes along an edge is written beside it. */
const LABEL_SCALE = 0.8;

export interface EdgeLayerProps {
  state: SceneState;
  window: Box;
  scale: number;
  /** Place of the selected box: its edges stand out. */
  selected: number | null;
}

/** The edges that pass through the visible part. Quantised ones are dashed and say in what. */
export const EdgeLayer = memo(function EdgeLayer({ state, window, scale, selected }: EdgeLayerProps) {
  const { scene, view, drawing } = state;
  const bounds = useMemo(() => scene.edges.map(boundsOf), [scene]);
  const compact = drawing === view.compact;
  const visible = scene.edges.filter((_, index) => {
    const box = bounds[index];
    return box !== undefined && overlaps(box, window);
  });
  return (
    <g fill="none">
      {visible.map((edge) => {
        const quantised = compact && view.values[edge.value]?.quant !== undefined;
        const near = selected !== null && (edge.from === selected || edge.to === selected);
        return (
          <path
            key={`${edge.from}-${edge.to}-${edge.value}`}
            d={curve(edge.points)}
            stroke={near || quantised ? "var(--accent)" : "var(--line-input)"}
            strokeWidth={near ? 2.5 : quantised ? 1.75 : 1}
            strokeDasharray={quantised ? "6 3" : undefined}
          />
        );
      })}
      {scale >= LABEL_SCALE
        ? visible.map((edge) => <QuantLabel key={`${edge.from}-${edge.to}-${edge.value}`} state={state} edge={edge} />)
        : null}
    </g>
  );
});

function QuantLabel({ state: { view, drawing, scene }, edge }: { state: SceneState; edge: SceneEdge }) {
  const quant = drawing === view.compact ? view.values[edge.value]?.quant : undefined;
  const end = edge.points.at(-1);
  // At the border of a block the same edge goes on: it is labelled where it ends.
  if (quant === undefined || end === undefined || scene.boxes[edge.to]?.item.kind === "exit" || scene.boxes[edge.to]?.unfolded === true)
    return null;
  const text = `${quant.type} · ${shortNumber(quant.scaleMin)}${quant.channels > 1 ? "…" : ""}`;
  return (
    <text
      x={end.x - 6}
      y={end.y - 5}
      textAnchor="end"
      fontSize={10}
      fill="var(--muted)"
      stroke="var(--bg)"
      strokeWidth={3}
      paintOrder="stroke"
    >
      {text}
    </text>
  );
}

/** Three digits that matter. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function boundsOf({ points }: SceneEdge): Box {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left - 2, y: top - 2, width: Math.max(...xs) - left + 4, height: Math.max(...ys) - top + 4 };
}

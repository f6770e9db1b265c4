"use client";
import type { PointerEvent } from "react";
import { FarView, useOutlines } from "./far-view.tsx";
import type { SceneState } from "./use-scene.ts";
import type { Times } from "./use-times.ts";
import type { ViewportControl } from "./use-viewport.ts";

const MAX_WIDTH = 120;
const MAX_HEIGHT = 150;

/** The whole picture, small, with the part that is on the screen; a press moves there. For the mouse: everything it does, keys do too. */
export function GraphMinimap({ state, times, control }: { state: SceneState; times: Times | null; control: ViewportControl }) {
  const { scene, view } = state;
  const outlines = useOutlines(view, scene, times);
  const { viewport, screen, centreOn } = control;
  const scale = Math.min(MAX_WIDTH / Math.max(1, scene.width), MAX_HEIGHT / Math.max(1, scene.height), 0.5);
  const shown = { width: screen.width / viewport.scale, height: screen.height / viewport.scale };
  if (screen.width === 0 || (shown.width >= scene.width && shown.height >= scene.height)) return null;
  const [width, height] = [Math.max(24, scene.width * scale), scene.height * scale];
  const indent = (width - scene.width * scale) / 2;
  const move = (event: PointerEvent<SVGSVGElement>) => {
    if (event.buttons === 0) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    centreOn({ x: (event.clientX - left - 4 - indent) / scale, y: (event.clientY - top - 4) / scale });
  };
  return (
    <svg
      aria-hidden="true"
      width={width + 8}
      height={height + 8}
      onPointerDown={move}
      onPointerMove={move}
      className="absolute right-2 bottom-2 hidden cursor-crosshair touch-none rounded-sm border bg-surface sm:block"
    >
      <g transform={`translate(${4 + indent} 4) scale(${scale})`}>
        <FarView outlines={outlines} scale={scale * 2} />
        <rect
          x={-viewport.left / viewport.scale}
          y={-viewport.top / viewport.scale}
          {...shown}
          fill="var(--accent)"
          fillOpacity={0.12}
          stroke="var(--accent)"
          strokeWidth={1.5 / scale}
        />
      </g>
    </svg>
  );
}

/* oxlint-disable jsx-a11y/prefer-tag-over-role -- inside an SVG there are no HTML elements to prefer */
"use client";
import { type KeyboardEvent, useRef, useState } from "react";
import { colour } from "./colours.ts";
import type { Scale } from "./linear.ts";
import { meetsBudget, type ParetoBudget, type ParetoPoint } from "./meets-budget.ts";
import { placeLabels } from "./place-labels.ts";
import type { ShownPoint } from "./use-shown-point.ts";

export interface ParetoPointsProps {
  points: readonly ParetoPoint[];
  budget: ParetoBudget;
  describe: (point: ParetoPoint) => string;
  selectedId?: string | null;
  onSelect?: (id: string) => void;
  x: Scale;
  y: Scale;
  /** Where labels may stand, in picture units. */
  area: { width: number; height: number };
  shown: ShownPoint;
  tipId: string;
}

/** The points of the plot: one tab stop, arrows walk from small to large, Enter selects, Escape puts the tip away. */
export function ParetoPoints({ points, budget, describe, selectedId, onSelect, x, y, area, shown, tipId }: ParetoPointsProps) {
  const sorted = [...points].sort((left, right) => left.sizeBytes - right.sizeBytes || left.latencyMs - right.latencyMs);
  const labels = placeLabels(
    sorted.map((point) => ({ x: x(point.sizeBytes), y: y(point.latencyMs), label: point.label })),
    area,
  );
  const [focused, setFocused] = useState(0);
  const nodes = useRef(new Map<number, SVGGElement>());
  const move = (event: KeyboardEvent, index: number) => {
    const next = nextIndex(event.key, index, sorted.length);
    if (next !== null) {
      event.preventDefault();
      setFocused(next);
      nodes.current.get(next)?.focus();
    } else if (event.key === "Escape" && shown.id !== null) {
      // Only the tip: what lies around the plot must not close with it.
      event.stopPropagation();
      shown.dismiss();
    } else if ((event.key === "Enter" || event.key === " ") && onSelect !== undefined) {
      event.preventDefault();
      onSelect(sorted[index]?.id ?? "");
    }
  };
  return (
    <g>
      {sorted.map((point, index) => {
        const within = meetsBudget(point, budget);
        const selected = point.id === selectedId;
        const label = labels[index];
        const tone = point.recommended === true ? colour.accent : within ? colour.text : colour.faint;
        const hollow = budget.minAgreement !== null && (point.agreement === null || point.agreement < budget.minAgreement);
        const cx = x(point.sizeBytes);
        const cy = y(point.latencyMs);
        return (
          <g
            key={point.id}
            ref={(node) => {
              if (node === null) nodes.current.delete(index);
              else nodes.current.set(index, node);
            }}
            role="button"
            aria-label={describe(point)}
            aria-pressed={selected}
            aria-describedby={shown.id === point.id ? tipId : undefined}
            tabIndex={index === focused ? 0 : -1}
            onFocus={() => {
              setFocused(index);
              shown.focus(point.id);
            }}
            onBlur={() => shown.focus(null)}
            onPointerEnter={() => shown.point(point.id)}
            onPointerLeave={shown.leave}
            onKeyDown={(event) => move(event, index)}
            onClick={() => onSelect?.(point.id)}
            className="chart-point cursor-pointer transition-opacity motion-reduce:transition-none"
            opacity={within || selected ? 1 : 0.55}
          >
            <circle cx={cx} cy={cy} r={13} fill="transparent" className="chart-focus" />
            {point.recommended === true || selected ? (
              <circle cx={cx} cy={cy} r={10} fill="none" stroke={tone} strokeDasharray={point.recommended === true ? undefined : "2 2"} />
            ) : null}
            <circle cx={cx} cy={cy} r={5} fill={hollow ? colour.surface : tone} stroke={tone} strokeWidth={1.6} />
            {label === undefined ? null : (
              <text
                x={label.x}
                y={label.y}
                textAnchor={label.anchor}
                fontSize={11}
                fill={tone === colour.faint ? colour.muted : tone}
                fontWeight={point.recommended === true ? 600 : 400}
                // A rim, so that the frontier does not strike the words through.
                stroke={colour.surface}
                strokeWidth={6}
                strokeLinejoin="round"
                paintOrder="stroke"
              >
                {point.label}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** Roving focus along the points from small to large. */
function nextIndex(key: string, index: number, count: number): number | null {
  if (key === "ArrowRight" || key === "ArrowDown") return Math.min(count - 1, index + 1);
  if (key === "ArrowLeft" || key === "ArrowUp") return Math.max(0, index - 1);
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}

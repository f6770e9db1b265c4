/* oxlint-disable jsx-a11y/prefer-tag-over-role -- inside an SVG there are no HTML elements to prefer */
"use client";
import { scaleLinear } from "d3-scale";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { ChartFigure, type ChartTable } from "./chart-figure.tsx";
import { colour } from "./colours.ts";
import { meetsBudget, type ParetoBudget, type ParetoPoint } from "./meets-budget.ts";
import { paretoFrontier } from "./pareto-frontier.ts";
import { placeLabels } from "./place-labels.ts";

export interface ParetoPlotProps {
  title: string;
  summary: string;
  legend?: ReactNode;
  points: ParetoPoint[];
  budget: ParetoBudget;
  words: { sizeAxis: string; latencyAxis: string; meetsGoal: string };
  format: { size: (bytes: number) => string; latency: (ms: number) => string };
  /** A sentence per point, read out when it has the focus and shown under the plot. */
  describe: (point: ParetoPoint) => string;
  selectedId?: string | null;
  onSelect?: (id: string) => void;
  table: ChartTable;
}

const WIDTH = 640;
const HEIGHT = 300;
const MARGIN = { left: 48, right: 20, top: 28, bottom: 44 };

/**
 * Size across, latency up: the lower left is better. Points outside the budget fade; hollow ones miss the agreement; the recommended one is ringed; a line
 * joins those that no other beats in both.
 */
export function ParetoPlot(props: ParetoPlotProps) {
  const { points, budget, words, format } = props;
  const x = scaleLinear()
    .domain([0, 1.1 * Math.max(1, ...points.map((point) => point.sizeBytes), 0)])
    .range([MARGIN.left, WIDTH - MARGIN.right])
    .nice(6);
  const y = scaleLinear()
    .domain([0, 1.15 * Math.max(...points.map((point) => point.latencyMs), 1e-3)])
    .range([HEIGHT - MARGIN.bottom, MARGIN.top])
    .nice(4);
  return (
    <ChartFigure title={props.title} summary={props.summary} legend={props.legend} table={props.table}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="w-full overflow-visible" role="group" aria-label={props.title}>
        <Goal budget={budget} x={x} y={y} label={words.meetsGoal} />
        <Axes x={x} y={y} words={words} format={format} />
        <Frontier points={points} budget={budget} x={x} y={y} />
        <Points {...props} x={x} y={y} />
      </svg>
    </ChartFigure>
  );
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function Axes({ x, y, words, format }: { x: Scale; y: Scale } & Pick<ParetoPlotProps, "words" | "format">) {
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    <g aria-hidden="true" fontSize={11} fill={colour.muted}>
      {y.ticks(4).map((tick) => (
        <g key={tick}>
          <line
            x1={MARGIN.left}
            x2={WIDTH - MARGIN.right}
            y1={y(tick)}
            y2={y(tick)}
            stroke={tick === 0 ? colour.lineStrong : colour.line}
          />
          <text x={MARGIN.left - 6} y={y(tick) + 4} textAnchor="end">
            {format.latency(tick)}
          </text>
        </g>
      ))}
      {x.ticks(6).map((tick) => (
        <text key={tick} x={x(tick)} y={bottom + 16} textAnchor="middle">
          {format.size(tick)}
        </text>
      ))}
      <text x={(MARGIN.left + WIDTH - MARGIN.right) / 2} y={HEIGHT - 8} textAnchor="middle">
        {words.sizeAxis}
      </text>
      <text x={4} y={14}>
        {words.latencyAxis}
      </text>
    </g>
  );
}

/** The part of the plane within the size and latency budgets. */
function Goal({ budget, x, y, label }: { budget: ParetoBudget; x: Scale; y: Scale; label: string }) {
  const right = budget.maxSizeBytes === null ? WIDTH - MARGIN.right : Math.min(x(budget.maxSizeBytes), WIDTH - MARGIN.right);
  const top = budget.maxLatencyMs === null ? MARGIN.top : Math.max(y(budget.maxLatencyMs), MARGIN.top);
  if (budget.maxSizeBytes === null && budget.maxLatencyMs === null) return null;
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    <g aria-hidden="true">
      <rect x={MARGIN.left} y={top} width={Math.max(0, right - MARGIN.left)} height={Math.max(0, bottom - top)} fill={colour.toneSoft.ok} />
      {budget.maxSizeBytes === null ? null : (
        <line x1={right} x2={right} y1={MARGIN.top} y2={bottom} stroke={colour.text} strokeDasharray="3 3" />
      )}
      {budget.maxLatencyMs === null ? null : (
        <line x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={top} y2={top} stroke={colour.text} strokeDasharray="3 3" />
      )}
      <text x={right - 6} y={bottom - 6} textAnchor="end" fontSize={11} fill={colour.tone.ok}>
        {label}
      </text>
    </g>
  );
}

/** Below and left of the line there is nothing: what is on it can only be made smaller by being slower. */
function Frontier({ points, budget, x, y }: Pick<ParetoPlotProps, "points" | "budget"> & { x: Scale; y: Scale }) {
  const [first, ...rest] = paretoFrontier(points, budget.minAgreement);
  if (first === undefined || rest.length === 0) return null;
  const steps = rest.map((point) => `H${x(point.sizeBytes)}V${y(point.latencyMs)}`).join("");
  return (
    <path
      aria-hidden="true"
      data-frontier
      d={`M${x(first.sizeBytes)} ${y(first.latencyMs)}${steps}`}
      fill="none"
      stroke={colour.accent}
      strokeWidth={1.4}
      opacity={0.6}
    />
  );
}

function Points({ points, budget, describe, selectedId, onSelect, x, y }: ParetoPlotProps & { x: Scale; y: Scale }) {
  const sorted = [...points].sort((left, right) => left.sizeBytes - right.sizeBytes || left.latencyMs - right.latencyMs);
  const labels = placeLabels(
    sorted.map((point) => ({ x: x(point.sizeBytes), y: y(point.latencyMs), label: point.label })),
    { width: WIDTH, height: HEIGHT - MARGIN.bottom },
  );
  const [focused, setFocused] = useState(0);
  const nodes = useRef(new Map<number, SVGGElement>());
  const move = (event: KeyboardEvent, index: number) => {
    const next = nextIndex(event.key, index, sorted.length);
    if (next !== null) {
      event.preventDefault();
      setFocused(next);
      nodes.current.get(next)?.focus();
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
            tabIndex={index === focused ? 0 : -1}
            onFocus={() => setFocused(index)}
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

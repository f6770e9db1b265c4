/* oxlint-disable jsx-a11y/prefer-tag-over-role -- inside an SVG there are no HTML elements to prefer */
"use client";
import { type ReactNode, useId } from "react";
import { ChartFigure, type ChartTable } from "./chart-figure.tsx";
import { colour } from "./colours.ts";
import { linear, niceTicks, type Scale } from "./linear.ts";
import type { ParetoBudget, ParetoPoint } from "./meets-budget.ts";
import { paretoFrontier } from "./pareto-frontier.ts";
import { ParetoPoints } from "./pareto-points.tsx";
import { ParetoTip, type ParetoTipText } from "./pareto-tip.tsx";
import { useChartWidth } from "./use-chart-width.ts";
import { useShownPoint } from "./use-shown-point.ts";

export interface ParetoPlotProps {
  title: string;
  summary: string;
  legend?: ReactNode;
  points: ParetoPoint[];
  budget: ParetoBudget;
  words: { sizeAxis: string; latencyAxis: string; meetsGoal: string };
  format: { size: (bytes: number) => string; latency: (ms: number) => string };
  /** A sentence per point, read out when it has the focus. */
  describe: (point: ParetoPoint) => string;
  /** What is shown beside the point that is pointed at or has the focus. */
  tip: (point: ParetoPoint) => ParetoTipText;
  selectedId?: string | null;
  onSelect?: (id: string) => void;
  table: ChartTable;
}

const WIDEST = 760;
const HEIGHT = 300;
const MARGIN = { left: 48, right: 20, top: 28, bottom: 44 };

/**
 * Size across, latency up: the lower left is better. Points outside the budget fade; hollow ones miss the agreement; the recommended one is ringed; a line
 * joins those that no other beats in both.
 */
export function ParetoPlot(props: ParetoPlotProps) {
  const { points, budget, words, format } = props;
  const { box, width } = useChartWidth<HTMLDivElement>(WIDEST);
  const across = niceTicks(1.1 * Math.max(1, ...points.map((point) => point.sizeBytes)), Math.max(2, Math.round(width / 105)));
  const up = niceTicks(1.15 * Math.max(...points.map((point) => point.latencyMs), 1e-3), 4);
  const x = linear([0, across.at(-1) ?? 1], [MARGIN.left, width - MARGIN.right]);
  const y = linear([0, up.at(-1) ?? 1], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const plane = { x, y, width };
  const tipId = useId();
  const shown = useShownPoint();
  const shownPoint = points.find((point) => point.id === shown.id);
  return (
    <ChartFigure title={props.title} summary={props.summary} legend={props.legend} table={props.table}>
      <div ref={box} className="relative">
        <svg
          viewBox={`0 0 ${width} ${HEIGHT}`}
          height={HEIGHT}
          className="block w-full overflow-visible"
          role="group"
          aria-label={props.title}
        >
          <Goal budget={budget} {...plane} label={words.meetsGoal} />
          <Axes {...plane} across={across} up={up} words={words} format={format} />
          <Frontier points={points} budget={budget} x={x} y={y} />
          <ParetoPoints {...props} x={x} y={y} area={{ width, height: HEIGHT - MARGIN.bottom }} shown={shown} tipId={tipId} />
        </svg>
        {shownPoint === undefined ? null : (
          <ParetoTip
            id={tipId}
            text={props.tip(shownPoint)}
            at={{ x: x(shownPoint.sizeBytes) / width, y: y(shownPoint.latencyMs) / HEIGHT }}
            onPointerEnter={shown.stay}
            onPointerLeave={shown.leave}
          />
        )}
      </div>
    </ChartFigure>
  );
}

interface Plane {
  x: Scale;
  y: Scale;
  /** Of the whole picture. */
  width: number;
}

interface AxesProps extends Plane, Pick<ParetoPlotProps, "words" | "format"> {
  across: readonly number[];
  up: readonly number[];
}

function Axes({ x, y, width, across, up, words, format }: AxesProps) {
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    <g aria-hidden="true" fontSize={11} fill={colour.muted}>
      {up.map((tick) => (
        <g key={tick}>
          <line
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={y(tick)}
            y2={y(tick)}
            stroke={tick === 0 ? colour.lineStrong : colour.line}
          />
          <text x={MARGIN.left - 6} y={y(tick) + 4} textAnchor="end">
            {format.latency(tick)}
          </text>
        </g>
      ))}
      {across.map((tick) => (
        <text key={tick} x={x(tick)} y={bottom + 16} textAnchor="middle">
          {format.size(tick)}
        </text>
      ))}
      <text x={(MARGIN.left + width - MARGIN.right) / 2} y={HEIGHT - 8} textAnchor="middle">
        {words.sizeAxis}
      </text>
      <text x={4} y={14}>
        {words.latencyAxis}
      </text>
    </g>
  );
}

/** The part of the plane within the size and latency budgets. */
function Goal({ budget, x, y, width, label }: Plane & { budget: ParetoBudget; label: string }) {
  const right = budget.maxSizeBytes === null ? width - MARGIN.right : Math.min(x(budget.maxSizeBytes), width - MARGIN.right);
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
        <line x1={MARGIN.left} x2={width - MARGIN.right} y1={top} y2={top} stroke={colour.text} strokeDasharray="3 3" />
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

"use client";
import { useRef } from "react";
import { ChartFigure } from "./chart-figure.tsx";
import { colour, seriesColour } from "./colours.ts";
import { linear } from "./linear.ts";
import { stackCounts, stepArea } from "./step-area.ts";
import { useWidth } from "./use-width.ts";

export interface AreaChartProps {
  title: string;
  summary: string;
  /** Oldest first; a series that a point does not name is 0 there. */
  points: { at: Date; counts: Readonly<Record<string, number>> }[];
  series: { id: string; name: string }[];
  marks?: { at: Date; label: string }[];
  words: { time: string };
  formatTime: (at: Date) => string;
  formatCount: (count: number) => string;
}

/** Until it is laid out. */
const USUAL_WIDTH = 560;
const HEIGHT = 180;
const TOP = 20;
const BOTTOM = HEIGHT - 22;

/** Stacked counts over time, as steps, because a count holds until the next one. */
export function AreaChart({ title, summary, points, series, marks = [], words, formatTime, formatCount }: AreaChartProps) {
  const box = useRef<HTMLDivElement>(null);
  // Drawn as wide as it is shown: scaled down to a phone, the words could not be read.
  const width = useWidth(box) || USUAL_WIDTH;
  const layers = stackCounts(points.map((point) => series.map(({ id }) => point.counts[id] ?? 0)));
  const first = points[0]?.at ?? new Date(0);
  const last = points.at(-1)?.at ?? new Date(1);
  const x = linear([first.getTime(), last.getTime()], [0, width]);
  const highest = Math.max(1, ...(layers.at(-1) ?? []).map(([, top]) => top));
  const y = linear([0, highest], [BOTTOM, TOP]);
  const shape = (layer: (typeof layers)[number]) =>
    stepArea(layer.map(([bottom, top], index) => ({ x: x(points[index]?.at.getTime() ?? 0), bottom: y(bottom), top: y(top) })));
  return (
    <ChartFigure
      title={title}
      summary={summary}
      legend={<Legend series={series} />}
      table={{
        columns: [{ label: words.time }, ...series.map((item) => ({ label: item.name, numeric: true }))],
        rows: points.map((point) => [formatTime(point.at), ...series.map((item) => formatCount(point.counts[item.id] ?? 0))]),
      }}
    >
      <div ref={box}>
        <svg viewBox={`0 0 ${width} ${HEIGHT}`} className="w-full" role="img" aria-label={summary}>
          {layers.map((layer, index) => (
            <path
              key={series[index]?.id}
              d={shape(layer)}
              fill={seriesColour(index)}
              opacity={0.85}
              stroke={colour.surface}
              strokeWidth={1}
            />
          ))}
          <line x1={0} x2={width} y1={BOTTOM} y2={BOTTOM} stroke={colour.lineStrong} />
          {marks.map((mark) => {
            const at = x(mark.at.getTime());
            const atRight = at > width * 0.7;
            return (
              <g key={`${mark.at.getTime()}-${mark.label}`}>
                <line x1={at} x2={at} y1={TOP - 6} y2={BOTTOM} stroke={colour.text} strokeDasharray="3 3" />
                <text x={at + (atRight ? -5 : 5)} y={TOP - 8} textAnchor={atRight ? "end" : "start"} fontSize={11} fill={colour.muted}>
                  {mark.label}
                </text>
              </g>
            );
          })}
          <text x={0} y={HEIGHT - 5} fontSize={11} fill={colour.muted}>
            {formatTime(first)}
          </text>
          <text x={width} y={HEIGHT - 5} textAnchor="end" fontSize={11} fill={colour.muted}>
            {formatTime(last)}
          </text>
        </svg>
      </div>
    </ChartFigure>
  );
}

function Legend({ series }: { series: { id: string; name: string }[] }) {
  return (
    <span className="flex flex-wrap gap-x-3">
      {series.map((item, index) => (
        <span key={item.id} className="inline-flex items-center gap-1.5">
          <span aria-hidden="true" className="inline-block size-2.5 rounded-sm" style={{ background: seriesColour(index) }} />
          {item.name}
        </span>
      ))}
    </span>
  );
}

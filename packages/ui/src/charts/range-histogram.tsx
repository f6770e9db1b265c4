"use client";
import { type ReactNode, useId } from "react";
import { ChartFigure, type ChartFigureProps } from "./chart-figure.tsx";
import { colour } from "./colours.ts";
import { linear } from "./linear.ts";
import { useChartWidth } from "./use-chart-width.ts";

export interface RangeHistogramProps extends Pick<ChartFigureProps, "title" | "summary" | "summaryHidden"> {
  /** Bin i holds [start + i · binWidth, start + (i + 1) · binWidth). */
  start: number;
  binWidth: number;
  counts: readonly number[];
  /** Of the values themselves: the outer bins reach further. */
  seen: { min: number; max: number };
  /** Drawn as two lines; what lies outside of it is hatched. */
  range: { min: number; max: number };
  words: { from: string; to: string; count: string; range: string };
  formatValue: (value: number) => string;
  formatCount: (count: number) => string;
  legend?: ReactNode;
}

const WIDEST = 640;
const HEIGHT = 168;
const TOP = 30;
const BOTTOM = HEIGHT - 22;
const SIDE = 12;

/**
 * How often which value came, with a range that was chosen of it. Heights by the logarithm of one more, so that the few far values, for whose sake a range
 * is chosen, are seen beside the many near ones.
 */
export function RangeHistogram({ start, binWidth, counts, seen, range, words, formatValue, formatCount, ...figure }: RangeHistogramProps) {
  const hatch = useId();
  const { box, width } = useChartWidth<SVGSVGElement>(WIDEST);
  const [low, high] = [Math.min(seen.min, range.min), Math.max(seen.max, range.max)];
  const x = linear([low, high], [SIDE, width - SIDE]);
  const height = linear([0, Math.log1p(Math.max(1, ...counts))], [BOTTOM, TOP]);
  const ends = [range.min, range.max];
  // The ends of the axis, unless the word of a line stands there already.
  const marks = [...new Set([low, ...(low < 0 && high > 0 ? [0] : []), high])];
  return (
    <ChartFigure
      {...figure}
      table={{
        columns: [
          { label: words.from, numeric: true },
          { label: words.to, numeric: true },
          { label: words.count, numeric: true },
        ],
        rows: counts.map((count, index) => [
          formatValue(start + index * binWidth),
          formatValue(start + (index + 1) * binWidth),
          formatCount(count),
        ]),
      }}
    >
      <svg ref={box} viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT} className="w-full" role="img" aria-label={figure.summary}>
        <defs>
          <pattern id={hatch} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width={5} height={5} fill={colour.line} />
            <line x1={0} x2={0} y1={0} y2={5} stroke={colour.tone.warn} strokeWidth={2.5} />
          </pattern>
        </defs>
        <line x1={SIDE} x2={width - SIDE} y1={BOTTOM} y2={BOTTOM} stroke={colour.lineStrong} />
        {counts.map((count, index) => {
          const from = start + index * binWidth;
          const to = from + binWidth;
          const outside = (from >= range.max && seen.max > range.max) || (to <= range.min && seen.min < range.min);
          const [left, right] = [x(Math.max(low, from)), x(Math.min(high, to))];
          return count === 0 ? null : (
            <rect
              key={from}
              x={left}
              y={height(Math.log1p(count))}
              width={Math.max(1, right - left - 1)}
              height={BOTTOM - height(Math.log1p(count))}
              fill={outside ? `url(#${hatch})` : colour.accent}
            >
              <title>{`${formatValue(from)} – ${formatValue(to)}: ${formatCount(count)}`}</title>
            </rect>
          );
        })}
        {ends.map((at, index) => (
          <g key={index === 0 ? "min" : "max"}>
            <line x1={x(at)} x2={x(at)} y1={TOP - 10} y2={BOTTOM} stroke={colour.text} strokeWidth={1.5} strokeDasharray="4 3" />
            <text
              x={Math.min(width - 2, Math.max(2, x(at)))}
              y={TOP - 15}
              textAnchor={index === 0 ? "start" : "end"}
              fontSize={11}
              fill={colour.text}
            >
              {formatValue(at)}
            </text>
          </g>
        ))}
        {marks.map((at) => (
          <text
            key={at}
            x={x(at)}
            y={BOTTOM + 15}
            textAnchor={at === low ? "start" : at === high ? "end" : "middle"}
            fontSize={10.5}
            fill={colour.muted}
          >
            {formatValue(at)}
          </text>
        ))}
      </svg>
      <p aria-hidden="true" className="text-muted flex items-center gap-1.5 text-xs">
        <svg width={14} height={12}>
          <line x1={7} x2={7} y1={0} y2={12} stroke={colour.text} strokeWidth={1.5} strokeDasharray="4 3" />
        </svg>
        {words.range}
      </p>
    </ChartFigure>
  );
}

"use client";
import { ChartFigure } from "./chart-figure.tsx";
import { colour } from "./colours.ts";
import { linear } from "./linear.ts";
import { useChartWidth } from "./use-chart-width.ts";

export interface HistogramProps {
  title: string;
  summary: string;
  /** `counts[i]` lies in `[edges[i], edges[i + 1])`: one edge more than counts. */
  edges: number[];
  counts: number[];
  words: { from: string; to: string; count: string; axis: string };
  formatEdge: (value: number) => string;
  formatCount: (count: number) => string;
}

const WIDEST = 640;
const HEIGHT = 180;
const BOTTOM = HEIGHT - 36;

/** Equal-width bars, whatever the width of the buckets; heights by the logarithm of one more, so that a single sample is still seen beside thousands. */
export function Histogram({ title, summary, edges, counts, words, formatEdge, formatCount }: HistogramProps) {
  const { box, width: whole } = useChartWidth<SVGSVGElement>(WIDEST);
  const width = (whole - 16) / Math.max(1, counts.length);
  const height = linear([0, Math.log1p(Math.max(1, ...counts))], [BOTTOM, 18]);
  const y = (count: number) => height(Math.log1p(count));
  const every = Math.max(1, Math.ceil(edges.length / Math.max(2, Math.floor(whole / 65))));
  return (
    <ChartFigure
      title={title}
      summary={summary}
      table={{
        columns: [
          { label: words.from, numeric: true },
          { label: words.to, numeric: true },
          { label: words.count, numeric: true },
        ],
        rows: counts.map((count, index) => [
          formatEdge(edges[index] ?? 0),
          formatEdge(edges[index + 1] ?? Number.POSITIVE_INFINITY),
          formatCount(count),
        ]),
      }}
    >
      <svg ref={box} viewBox={`0 0 ${whole} ${HEIGHT}`} height={HEIGHT} className="w-full" role="img" aria-label={summary}>
        <line x1={8} x2={whole - 8} y1={BOTTOM} y2={BOTTOM} stroke={colour.lineStrong} />
        {counts.map((count, index) => (
          <g key={edges[index]}>
            <title>{`${formatEdge(edges[index] ?? 0)} – ${formatEdge(edges[index + 1] ?? 0)}: ${formatCount(count)}`}</title>
            <rect
              x={8 + index * width + 1}
              y={y(count)}
              width={Math.max(1, width - 2)}
              height={BOTTOM - y(count)}
              rx={1.5}
              fill={colour.accent}
            />
            {count > 0 && width > 22 ? (
              <text x={8 + (index + 0.5) * width} y={y(count) - 4} textAnchor="middle" fontSize={10} fill={colour.muted}>
                {formatCount(count)}
              </text>
            ) : null}
          </g>
        ))}
        {edges.map((edge, index) =>
          index % every === 0 ? (
            <text
              key={edge}
              x={Math.min(whole - 12, Math.max(12, 8 + index * width))}
              y={BOTTOM + 14}
              textAnchor="middle"
              fontSize={10}
              fill={colour.muted}
            >
              {formatEdge(edge)}
            </text>
          ) : null,
        )}
        <text x={whole / 2} y={HEIGHT - 4} textAnchor="middle" fontSize={11} fill={colour.muted}>
          {words.axis}
        </text>
      </svg>
    </ChartFigure>
  );
}

/** A bar beside a number in a table cell: `value` of `max`. */
export function CellBar({ value, max, tone = colour.accent }: { value: number; max: number; tone?: string }) {
  const share = Math.min(1, Math.max(0, value / Math.max(max, 1e-9)));
  return (
    <svg width={60} height={6} aria-hidden="true" className="inline-block align-middle">
      <rect width={60} height={6} rx={3} fill={colour.line} />
      <rect width={60 * share} height={6} rx={3} fill={tone} />
    </svg>
  );
}

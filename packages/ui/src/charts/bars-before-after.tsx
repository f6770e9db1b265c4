"use client";
import { ChartFigure } from "./chart-figure.tsx";
import { colour } from "./colours.ts";

export interface BeforeAfterRow {
  label: string;
  before: number;
  after: number;
  format: (value: number) => string;
  /** Which way is better; decides whether the change is praised or warned about. */
  better: "lower" | "higher";
  /** The change as words: "−75 %". */
  change: string;
}

export interface BarsBeforeAfterProps {
  title: string;
  summary: string;
  words: { metric: string; before: string; after: string; change: string };
  rows: BeforeAfterRow[];
}

/** Two bars a metric on a common scale: the source above, the variant below. */
export function BarsBeforeAfter({ title, summary, words, rows }: BarsBeforeAfterProps) {
  return (
    <ChartFigure
      title={title}
      summary={summary}
      table={{
        columns: [
          { label: words.metric },
          { label: words.before, numeric: true },
          { label: words.after, numeric: true },
          { label: words.change, numeric: true },
        ],
        rows: rows.map((row) => [row.label, row.format(row.before), row.format(row.after), row.change]),
      }}
    >
      <div aria-hidden="true" className="grid gap-3">
        {rows.map((row) => (
          <Row key={row.label} row={row} />
        ))}
      </div>
    </ChartFigure>
  );
}

function Row({ row }: { row: BeforeAfterRow }) {
  const max = Math.max(row.before, row.after, 1e-9);
  const worse = row.better === "lower" ? row.after > row.before * 1.02 : row.after < row.before * 0.995;
  const bar = (value: number, fill: string) => (
    <div className="flex items-center gap-2">
      <div className="h-2.5 flex-1 overflow-hidden rounded-sm" style={{ background: colour.line }}>
        <div className="h-full rounded-sm" style={{ width: `${(100 * value) / max}%`, background: fill }} />
      </div>
      <span className="w-20 text-right text-xs tabular-nums">{row.format(value)}</span>
    </div>
  );
  return (
    <div>
      <div className="mb-1 flex justify-between gap-2 text-xs">
        <span className="font-medium">{row.label}</span>
        <span style={{ color: worse ? colour.tone.bad : colour.muted }}>{row.change}</span>
      </div>
      {bar(row.before, colour.faint)}
      <div className="h-1" />
      {bar(row.after, worse ? colour.tone.bad : colour.accent)}
    </div>
  );
}

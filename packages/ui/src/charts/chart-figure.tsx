"use client";
import { type ReactNode, useId } from "react";
import { useUi } from "../lib/ui-provider.tsx";
import { ScrollRegion } from "./scroll-region.tsx";

/** The numbers behind a picture. `numeric` columns are set to the right. */
export interface ChartTable {
  columns: { label: string; numeric?: boolean }[];
  rows: readonly ReactNode[][];
  /** Above the rows: which of them are shown. */
  controls?: ReactNode;
  /** It was unfolded or folded away: for rows that are only looked up while somebody reads them. */
  onToggle?: (open: boolean) => void;
}

export interface ChartFigureProps {
  /** A question that the chart answers. */
  title: string;
  /** The answer in one sentence: what a person who cannot see the picture needs. */
  summary: string;
  /** Keep the sentence for screen readers where the page already says it. */
  summaryHidden?: boolean;
  legend?: ReactNode;
  table: ChartTable;
  children: ReactNode;
}

/** Frame of every chart: the question, the picture, the answer, the table behind it. */
export function ChartFigure({ title, summary, summaryHidden = false, legend, table, children }: ChartFigureProps) {
  const id = useId();
  return (
    <figure aria-labelledby={`${id}-title`} aria-describedby={`${id}-summary`} className="m-0 flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 id={`${id}-title`} className="m-0 text-[13px] leading-5 font-semibold">
          {title}
        </h2>
        {legend === undefined ? null : <div className="text-muted text-xs">{legend}</div>}
      </div>
      {children}
      <p id={`${id}-summary`} className={summaryHidden ? "sr-only" : "text-muted m-0"}>
        {summary}
      </p>
      <ChartTableDetails title={title} table={table} />
    </figure>
  );
}

/** The table behind a chart, folded away until asked for. */
export function ChartTableDetails({ title, table }: { title: string; table: ChartTable }) {
  const { showTable } = useUi().labels;
  return (
    <details className="group text-xs" onToggle={(event) => table.onToggle?.(event.currentTarget.open)}>
      <summary className="text-muted hover:text-text inline-flex min-h-6 cursor-pointer items-center">{showTable}</summary>
      {table.controls}
      <ScrollRegion label={title} className="mt-2 max-h-80">
        <table className="w-full border-collapse">
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column.label} scope="col" className={cellClass(column.numeric, "text-muted font-medium")}>
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- a row has no name of its own, and no state
              <tr key={index}>
                {row.map((cell, column) => (
                  <td key={table.columns[column]?.label ?? column} className={cellClass(table.columns[column]?.numeric, "")}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}

function cellClass(numeric: boolean | undefined, extra: string): string {
  return `border-line border-b px-2 py-1 ${numeric === true ? "text-right tabular-nums" : "text-left"} ${extra}`;
}

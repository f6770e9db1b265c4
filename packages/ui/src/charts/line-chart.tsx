"use client";
import { lazy, Suspense } from "react";
import { ChartFigure } from "./chart-figure.tsx";
import { withUsableLanguage } from "./with-usable-language.ts";

export interface LineSeries {
  id: string;
  name: string;
  /** One value a time; null leaves a gap. */
  values: (number | null)[];
}

export interface LineChartProps {
  title: string;
  summary: string;
  /** Oldest first. */
  times: Date[];
  series: LineSeries[];
  marks?: { at: Date; label: string }[];
  words: { time: string };
  formatTime: (at: Date) => string;
  formatValue: (value: number) => string;
  height?: number;
  /** For amounts, whose size matters and not only their change: the axis begins at 0. */
  fromZero?: boolean;
}

const Canvas = lazy(() => withUsableLanguage(() => import("./line-canvas.tsx")));

/** A time series. The canvas library is loaded only where a chart is shown; arrows move its cursor, whose values are read out. */
export function LineChart(props: LineChartProps) {
  const { title, summary, times, series, words, formatTime, formatValue, height = 180 } = props;
  return (
    <ChartFigure
      title={title}
      summary={summary}
      table={{
        columns: [{ label: words.time }, ...series.map((item) => ({ label: item.name, numeric: true }))],
        rows: times.map((time, index) => [
          formatTime(time),
          ...series.map((item) => {
            const value = item.values[index];
            return value === null || value === undefined ? "–" : formatValue(value);
          }),
        ]),
      }}
    >
      <Suspense fallback={<div style={{ height }} />}>
        <Canvas {...props} height={height} />
      </Suspense>
    </ChartFigure>
  );
}

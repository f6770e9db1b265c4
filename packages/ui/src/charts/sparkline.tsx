import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { colour } from "./colours.ts";

export interface SparklineProps {
  values: readonly number[];
  /** The line in words: "1,200 inferences an hour, falling". */
  label: string;
  width?: number;
  height?: number;
}

/** A line without axes, for a cell or a tile. Flat at the bottom when all is 0. */
export function Sparkline({ values, label, width = 120, height = 28 }: SparklineProps) {
  const x = scaleLinear()
    .domain([0, Math.max(1, values.length - 1)])
    .range([1, width - 1]);
  const y = scaleLinear()
    .domain([0, Math.max(1e-9, ...values)])
    .range([height - 2, 2]);
  const path = line<number>(
    (_, index) => x(index),
    (value) => y(value),
  )([...values]);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label} className="block max-w-full">
      {path === null ? null : <path d={path} fill="none" stroke={colour.accent} strokeWidth={1.5} strokeLinejoin="round" />}
    </svg>
  );
}

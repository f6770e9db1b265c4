import { colour } from "./colours.ts";
import { linear } from "./linear.ts";

export interface SparklineProps {
  values: readonly number[];
  /** The line in words: "1,200 inferences an hour, falling". */
  label: string;
  width?: number;
  height?: number;
}

/** A line without axes, for a cell or a tile. Flat at the bottom when all is 0. */
export function Sparkline({ values, label, width = 120, height = 28 }: SparklineProps) {
  const x = linear([0, Math.max(1, values.length - 1)], [1, width - 1]);
  const y = linear([0, Math.max(1e-9, ...values)], [height - 2, 2]);
  const corners = values.map((value, index) => `${round(x(index))},${round(y(value))}`);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label} className="block max-w-full">
      {corners.length === 0 ? null : (
        <path d={`M${corners.join("L")}`} fill="none" stroke={colour.accent} strokeWidth={1.5} strokeLinejoin="round" />
      )}
    </svg>
  );
}

/** Hundredths are finer than a pixel: what comes after them is only length. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}

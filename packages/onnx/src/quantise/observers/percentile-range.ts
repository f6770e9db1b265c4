import type { Histogram } from "./adaptive-histogram.ts";
import { foldHistogram } from "./fold-histogram.ts";
import type { ValueRange } from "./range-rule.ts";

/**
 * The range that holds `percentile` percent of the values, half of the rest cut on each side; symmetric: that percentage of the magnitudes.
 * The ends are outer edges of bins, so at most one bin's width wider than the exact quantiles.
 */
export function percentileRange(histogram: Histogram, percentile: number, symmetric: boolean): ValueRange {
  const cut = (100 - percentile) / 100;
  if (symmetric) {
    const folded = foldHistogram(histogram);
    const max = upperEdge(folded, cut);
    return { min: -max, max };
  }
  return { min: lowerEdge(histogram, cut / 2), max: upperEdge(histogram, cut / 2) };
}

function upperEdge({ first, width, counts }: Histogram, share: number): number {
  let beyond = 0;
  const limit = share * total(counts);
  for (let bin = counts.length - 1; bin > 0; bin -= 1) {
    beyond += counts[bin] ?? 0;
    if (beyond > limit) return (first + bin + 1) * width;
  }
  return (first + 1) * width;
}

function lowerEdge({ first, width, counts }: Histogram, share: number): number {
  let beyond = 0;
  const limit = share * total(counts);
  for (let bin = 0; bin < counts.length - 1; bin += 1) {
    beyond += counts[bin] ?? 0;
    if (beyond > limit) return (first + bin) * width;
  }
  return (first + counts.length - 1) * width;
}

function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

import type { Histogram } from "./adaptive-histogram.ts";
import type { ValueRange } from "./range-rule.ts";

/** A histogram to look at: bin i holds [start + i · binWidth, start + (i + 1) · binWidth). */
export interface CompactHistogram {
  readonly start: number;
  readonly binWidth: number;
  readonly counts: readonly number[];
  /** Share of the values in bins of the observer that lie wholly outside of the range. */
  readonly clippedShare: number;
}

/**
 * Merges neighbouring bins until at most `bins` are left: exact, nothing is counted twice or divided. `seen` is from the least to the largest value,
 * `range` the one that was chosen.
 */
export function compactHistogram(
  { first, width, counts }: Histogram,
  bins: number,
  { seen, range }: { seen: ValueRange; range: ValueRange },
): CompactHistogram {
  const merged = Math.max(1, Math.ceil(counts.length / bins));
  const compact: number[] = Array.from({ length: Math.max(1, Math.ceil(counts.length / merged)) }, () => 0);
  let [all, outside] = [0, 0];
  for (const [index, count] of counts.entries()) {
    const bin = Math.floor(index / merged);
    compact[bin] = (compact[bin] ?? 0) + count;
    const from = (first + index) * width;
    all += count;
    // A value that equals the end of the range lies in it, and in the bin that begins there.
    if ((from >= range.max && seen.max > range.max && from > 0) || (from + width <= range.min && seen.min < range.min)) outside += count;
  }
  return { start: first * width, binWidth: merged * width, counts: compact, clippedShare: all === 0 ? 0 : outside / all };
}

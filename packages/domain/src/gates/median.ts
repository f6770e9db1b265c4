/** Median of values in any order; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  const lower = sorted.length % 2 === 1 ? upper : sorted[middle - 1];
  return ((lower ?? upper) + upper) / 2;
}

/**
 * Distribution-free interval of a median, at least 95 %, from order statistics (binomial with p = 1/2). null below six values: no
 * pair of order statistics reaches 95 % there.
 */
export function medianInterval(values: readonly number[]): [low: number, high: number] | null {
  const count = values.length;
  if (count < 6) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, outsideRank(count));
  const low = sorted[rank - 1];
  const high = sorted[count - rank];
  return low === undefined || high === undefined ? null : [low, high];
}

/** Largest rank r with P(Binomial(n, 1/2) < r) ≤ 2.5 %. Summed in logarithms, so that 2⁻ⁿ does not vanish for large n. */
function outsideRank(count: number): number {
  let logTerm = -count * Math.LN2;
  let below = 0;
  for (let rank = 0; rank < count; rank += 1) {
    below += Math.exp(logTerm);
    if (below > 0.025) return rank;
    logTerm += Math.log(count - rank) - Math.log(rank + 1);
  }
  return count;
}

import type { Histogram } from "./adaptive-histogram.ts";

/** The histogram of magnitudes: bin i of the result holds [i, i + 1) · width of both sides, exact because bins lie on multiples of the width. */
export function foldHistogram({ first, width, counts }: Histogram): Histogram {
  const folded = new Float64Array(Math.max(-first, first + counts.length, 1));
  for (let index = 0; index < counts.length; index += 1) {
    const bin = first + index;
    const magnitude = bin < 0 ? -bin - 1 : bin;
    folded[magnitude] = (folded[magnitude] ?? 0) + (counts[index] ?? 0);
  }
  return { first: 0, width, counts: folded };
}

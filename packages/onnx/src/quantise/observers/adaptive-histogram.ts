/** Bins on each side of zero. The side that reaches further always fills more than half of its bins. */
const SIDE = 4096;

/** Counts of values in bins of equal width; bin i holds [(first + i) · width, (first + i + 1) · width). */
export interface Histogram {
  readonly first: number;
  readonly width: number;
  readonly counts: Float64Array;
}

/**
 * A histogram whose range grows with the values. The width is always the smallest power of two with which they fit, and bins lie on its multiples,
 * so a doubled width is an exact merge of neighbours: the result does not depend on the order in which the values came, nor on the batches.
 */
export class AdaptiveHistogram {
  #counts = new Float64Array(2 * SIDE);
  /** 0 while every value was 0. */
  #width = 0;
  #zeros = 0;

  /** Counts finite values, of which `reach` is the largest magnitude. */
  add(values: Float32Array, reach: number): void {
    this.#grow(reach);
    if (this.#width === 0) {
      this.#zeros += values.length;
      return;
    }
    const counts = this.#counts;
    // A power of two: the product is exact. The shift makes every index positive, where truncation is floor.
    const perUnit = 1 / this.#width;
    for (let index = 0; index < values.length; index += 1) {
      const bin = ((values[index] ?? 0) * perUnit + SIDE) | 0;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }

  /** The bins from the first to the last that hold anything; those around zero are always among them. */
  read(): Histogram {
    const counts = Float64Array.from(this.#counts);
    counts[SIDE] = (counts[SIDE] ?? 0) + this.#zeros;
    let [from, to] = [0, counts.length];
    while (from < SIDE && counts[from] === 0) from += 1;
    while (to > SIDE + 1 && counts[to - 1] === 0) to -= 1;
    return { first: from - SIDE, width: this.#width === 0 ? 1 : this.#width, counts: counts.slice(from, to) };
  }

  #grow(reach: number): void {
    if (reach === 0 || reach < this.#width * SIDE) return;
    const before = this.#width;
    let width = before === 0 ? 2 ** Math.floor(Math.log2(reach / SIDE)) : before;
    while (reach >= width * SIDE) width *= 2;
    if (before !== 0) for (let merges = Math.log2(width / before); merges > 0; merges -= 1) this.#counts = mergePairs(this.#counts);
    this.#width = width;
  }
}

function mergePairs(counts: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const merged = new Float64Array(counts.length);
  const half = SIDE / 2;
  for (let pair = 0; pair < SIDE; pair += 1) merged[half + pair] = (counts[2 * pair] ?? 0) + (counts[2 * pair + 1] ?? 0);
  return merged;
}

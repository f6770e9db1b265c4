import type { IntegerRange } from "../scale-maths.ts";
import type { Histogram } from "./adaptive-histogram.ts";
import { foldHistogram } from "./fold-histogram.ts";
import type { ValueRange } from "./range-rule.ts";

const ROUNDS = 2;
/** More levels than these would each need more bins than the histogram has. */
const MOST_LEVELS = 256;

/**
 * The range whose quantised distribution loses least information: the least Kullback-Leibler divergence between the values' histogram, clipped
 * values gathered in the outermost bins, and the same histogram averaged over the levels. Every bin edge from the full range inwards is a candidate,
 * one end at a time (S. Migacz, "8-bit Inference with TensorRT", GTC 2017; NVIDIA's pytorch-quantization lets zero's bin count like its
 * neighbour, here every spike does).
 */
export function entropyRange(histogram: Histogram, full: ValueRange, integers: IntegerRange, symmetric: boolean): ValueRange {
  const levels = Math.min(MOST_LEVELS, integers.max - integers.min + 1);
  if (symmetric) {
    const folded = foldHistogram(histogram);
    const window = new DivergenceTable(folded.counts, levels / 2);
    const max = window.bestEnd(0, folded.counts.length) * folded.width;
    return { min: -Math.min(max, reachOf(full)), max: Math.min(max, reachOf(full)) };
  }
  const table = new DivergenceTable(histogram.counts, levels);
  const zero = -histogram.first;
  let [from, to] = [0, histogram.counts.length];
  // The ends only depend on each other where there are two.
  const rounds = from < zero && to > zero + 1 ? ROUNDS : 1;
  for (let round = 0; round < rounds; round += 1) {
    if (to > zero + 1) to = table.bestEnd(from, histogram.counts.length, zero + 1);
    if (from < zero) from = table.bestStart(to, zero);
  }
  const edge = (bin: number): number => (histogram.first + bin) * histogram.width;
  return { min: Math.max(full.min, edge(from)), max: Math.min(full.max, edge(to)) };
}

function reachOf(range: ValueRange): number {
  return Math.max(-range.min, range.max);
}

/**
 * Counts in which no bin exceeds both of its occupied neighbours. A spike (the zeros of a Relu, the background of a picture) is one value; a quantiser
 * moves it by less than a step wherever the range ends, but averaged over a level it would dominate the divergence.
 */
function damped(counts: Float64Array): Float64Array {
  const occupied = Array.from(counts.keys()).filter((bin) => (counts[bin] ?? 0) > 0);
  const result = new Float64Array(counts.length);
  for (const [at, bin] of occupied.entries()) {
    const neighbours = Math.max(counts[occupied[at - 1] ?? -1] ?? 0, counts[occupied[at + 1] ?? -1] ?? 0);
    result[bin] = occupied.length === 1 ? (counts[bin] ?? 0) : Math.min(counts[bin] ?? 0, neighbours);
  }
  return result;
}

/**
 * Divergences of windows of a histogram, each in time proportional to the levels: within a level the quantised density is one number, so sums
 * of counts, of occupied bins and of c · log c from prefix tables are enough.
 */
class DivergenceTable {
  readonly #counts: Float64Array;
  readonly #levels: number;
  /** Prefix sums of all counts, spikes included: clipping a spike costs what it holds. */
  readonly #masses: Float64Array;
  readonly #sums: Float64Array;
  readonly #occupied: Int32Array;
  readonly #entropies: Float64Array;

  constructor(given: Float64Array, levels: number) {
    const counts = damped(given);
    this.#counts = counts;
    this.#levels = levels;
    this.#masses = new Float64Array(counts.length + 1);
    this.#sums = new Float64Array(counts.length + 1);
    this.#occupied = new Int32Array(counts.length + 1);
    this.#entropies = new Float64Array(counts.length + 1);
    for (let bin = 0; bin < counts.length; bin += 1) {
      const count = counts[bin] ?? 0;
      this.#masses[bin + 1] = (this.#masses[bin] ?? 0) + (given[bin] ?? 0);
      this.#sums[bin + 1] = (this.#sums[bin] ?? 0) + count;
      this.#occupied[bin + 1] = (this.#occupied[bin] ?? 0) + (count > 0 ? 1 : 0);
      this.#entropies[bin + 1] = (this.#entropies[bin] ?? 0) + xLogX(count);
    }
  }

  /** The end of the best window [from, end); ties go to the wider one. */
  bestEnd(from: number, widest: number, least = 0): number {
    let [best, smallest] = [widest, Infinity];
    for (let end = widest; end >= Math.max(from + this.#levels, least); end -= 1) {
      const divergence = this.#divergence(from, end);
      if (divergence < smallest) [best, smallest] = [end, divergence];
    }
    return best;
  }

  bestStart(to: number, most: number): number {
    let [best, smallest] = [0, Infinity];
    for (let start = 0; start <= Math.min(to - this.#levels, most); start += 1) {
      const divergence = this.#divergence(start, to);
      if (divergence < smallest) [best, smallest] = [start, divergence];
    }
    return best;
  }

  /** Σ p · log(p / q), p and q normalised; infinite where clipped values fall into an empty bin. */
  #divergence(from: number, to: number): number {
    const counts = this.#counts;
    const inside = (this.#sums[to] ?? 0) - (this.#sums[from] ?? 0);
    const [below, above] = [this.#masses[from] ?? 0, (this.#masses[counts.length] ?? 0) - (this.#masses[to] ?? 0)];
    const all = inside + below + above;
    const [firstCount, lastCount] = [counts[from] ?? 0, counts[to - 1] ?? 0];
    if (inside === 0 || (below > 0 && firstCount === 0) || (above > 0 && lastCount === 0)) return Infinity;
    let sum = (this.#entropies[to] ?? 0) - (this.#entropies[from] ?? 0);
    sum += xLogX(firstCount + below) - xLogX(firstCount) + xLogX(lastCount + above) - xLogX(lastCount);
    const size = to - from;
    let start = from;
    for (let level = 0; level < this.#levels; level += 1) {
      const end = from + Math.floor(((level + 1) * size) / this.#levels);
      const occupied = (this.#occupied[end] ?? 0) - (this.#occupied[start] ?? 0);
      if (occupied > 0) {
        const count = (this.#sums[end] ?? 0) - (this.#sums[start] ?? 0);
        const mass = count + (start === from ? below : 0) + (end === to ? above : 0);
        sum -= mass * Math.log(count / occupied);
      }
      start = end;
    }
    return sum / all + Math.log(inside / all);
  }
}

function xLogX(value: number): number {
  return value === 0 ? 0 : value * Math.log(value);
}

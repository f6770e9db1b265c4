import { DataType } from "../graph/data-types.ts";
import { floatTensor, float32View, storageView, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { allGraphs, type OnnxModel } from "../graph/model.ts";
import { findWeights } from "./find-weights.ts";

/**
 * Weight clustering (Han, Mao, Dally 2016, "Deep Compression", §3, arXiv 1510.00149): each tensor keeps at most `clusters` different values, found by
 * k-means from evenly spaced centres, 0 always among them.
 *
 * Before:     w, all values different
 * After:      w, at most `clusters` different values; the file is as large as before and compresses to about log2(clusters) bits a weight
 * Conditions: float32 or 8-bit constants of at least 256 elements that a layer reads
 *
 * Helps what is downloaded (measured in zstd bytes), never time or memory. Hurts below 16 values a tensor; per-channel int8 has its own scales, so
 * float32 models gain the most. Changes `model`.
 */
export function clusterWeights(model: OnnxModel, { clusters }: { clusters: number }): { notes: string[] } {
  let tensors = 0;
  for (const graph of allGraphs(model.graph)) {
    for (const { name, tensor } of findWeights(graph)) {
      graph.constants.set(name, cluster(tensor, clusters));
      tensors += 1;
    }
  }
  return { notes: [`${tensors} weight tensors keep at most ${clusters} different values each.`] };
}

function cluster(tensor: Tensor, clusters: number): Tensor {
  if (tensor.dataType === DataType.FLOAT) return floatTensor(tensor.dims, clusterValues(float32View(tensor), clusters));
  const values = Float32Array.from(storageView(tensor) as ArrayLike<number>);
  return tensorFromNumbers(tensor.dataType, tensor.dims, clusterValues(values, clusters).map(Math.round));
}

const ROUNDS = 25;
/** k-means works on a histogram: two passes over the values however many rounds it takes. */
const BINS = 4096;

/** Lloyd's algorithm in one dimension; each value is replaced by the centre of its cluster. */
function clusterValues(values: Float32Array, clusters: number): Float32Array {
  const { counts, sums, low, width } = histogram(values);
  let centres = Float64Array.from({ length: clusters }, (_, index) => low + (width * BINS * (index + 0.5)) / clusters);
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = meansOf(centres, counts, sums, low, width);
    if (next.every((centre, index) => centre === centres[index])) break;
    centres = next;
  }
  // The centre next to zero becomes zero: pruned weights stay pruned.
  const nearest = nearestIndex(centres, 0);
  centres[nearest] = 0;
  centres.sort();
  return values.map((value) => centres[nearestIndex(centres, value)] ?? value);
}

function histogram(values: Float32Array) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const width = high > low ? (high - low) / BINS : 1;
  const counts = new Float64Array(BINS);
  const sums = new Float64Array(BINS);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
    sums[bin] = (sums[bin] ?? 0) + value;
  }
  return { counts, sums, low, width };
}

/** New centres: the mean of the bins nearest to each; one that nothing is near to stays. */
function meansOf(centres: Float64Array<ArrayBuffer>, counts: Float64Array, sums: Float64Array, low: number, width: number) {
  const totals = new Float64Array(centres.length);
  const weights = new Float64Array(centres.length);
  for (const [bin, count] of counts.entries()) {
    if (count === 0) continue;
    const index = nearestIndex(centres, low + (bin + 0.5) * width);
    totals[index] = (totals[index] ?? 0) + (sums[bin] ?? 0);
    weights[index] = (weights[index] ?? 0) + count;
  }
  return centres.map((centre, index) => ((weights[index] ?? 0) > 0 ? (totals[index] ?? 0) / (weights[index] ?? 1) : centre)).toSorted();
}

/** By bisection; `centres` is sorted. */
function nearestIndex(centres: Float64Array, value: number): number {
  let [from, to] = [0, centres.length - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (((centres[middle] ?? 0) + (centres[middle + 1] ?? 0)) / 2 < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A difference with NaN or infinity in it counts as `Number.MAX_VALUE`: it fails every gate, and JSON can carry it. */
export interface OutputComparison {
  maxAbsError: number;
  meanAbsError: number;
  /** Of the two tensors flattened; 1 when both are all zero. */
  cosine: number;
  /** Signal to quantisation noise, 10·log10(Σ reference² / Σ difference²); null when they are equal or the reference is all zero. */
  sqnrDb: number | null;
  /** |candidate − reference| ≤ atol + rtol·|reference| everywhere, NaN never close: numpy.allclose. */
  allClose: boolean;
}

export interface Tolerance {
  rtol: number;
  atol: number;
}

export const DEFAULT_TOLERANCE: Tolerance = { rtol: 1e-3, atol: 1e-4 };

/** Compares two tensors of the same length, value by value. */
export function compareOutputs(
  reference: ArrayLike<number>,
  candidate: ArrayLike<number>,
  { rtol, atol }: Tolerance = DEFAULT_TOLERANCE,
): OutputComparison {
  let maxAbsError = 0;
  let sumAbs = 0;
  let dot = 0;
  let referenceSquared = 0;
  let candidateSquared = 0;
  let noise = 0;
  let allClose = reference.length === candidate.length;
  for (let index = 0; index < reference.length; index += 1) {
    const a = reference[index] ?? Number.NaN;
    const b = candidate[index] ?? Number.NaN;
    const difference = Math.abs(a - b);
    const error = Number.isFinite(difference) ? difference : Number.MAX_VALUE;
    if (error > maxAbsError) maxAbsError = error;
    if (!(error <= atol + rtol * Math.abs(a))) allClose = false;
    sumAbs += error;
    dot += a * b;
    referenceSquared += a * a;
    candidateSquared += b * b;
    noise += error * error;
  }
  return {
    maxAbsError,
    meanAbsError: reference.length === 0 ? 0 : Math.min(sumAbs / reference.length, Number.MAX_VALUE),
    cosine: cosine(dot, referenceSquared, candidateSquared),
    sqnrDb: signalToNoise(referenceSquared, noise),
    allClose,
  };
}

function signalToNoise(signal: number, noise: number): number | null {
  const decibels = 10 * Math.log10(signal / noise);
  return Number.isFinite(decibels) ? decibels : null;
}

function cosine(dot: number, a: number, b: number): number {
  if (a === 0 && b === 0) return 1;
  const value = dot / Math.sqrt(a) / Math.sqrt(b);
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
}

/** Edges of the difference histogram: 0, then two steps a decade. */
const EDGES = [0, 1e-8, 3e-8, 1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/** Counts absolute differences by size; the last bucket also holds what is larger than its upper edge, and NaN. */
export function differenceHistogram(reference: ArrayLike<number>, candidate: ArrayLike<number>): { edges: number[]; counts: number[] } {
  const counts = Array.from({ length: EDGES.length - 1 }, () => 0);
  for (let index = 0; index < reference.length; index += 1) {
    const error = Math.abs((reference[index] ?? Number.NaN) - (candidate[index] ?? Number.NaN));
    const upper = EDGES.findIndex((edge, at) => at > 0 && error < edge);
    const bucket = upper === -1 ? counts.length - 1 : upper - 1;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return { edges: [...EDGES], counts };
}

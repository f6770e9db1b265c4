import type { ValidationReport } from "@flotilla/contracts";
import { argMax } from "./compare-classes.ts";

export type SamplePair = NonNullable<ValidationReport["pairs"]>[number];

/** Samples kept for a person to look at. */
const MAX_PAIRS = 12;

export interface PairInput {
  /** Outputs of the two models, sample after sample. */
  source: ArrayLike<number>;
  variant: ArrayLike<number>;
  sampleCount: number;
  /** Whether a sample's values are scores of classes. */
  classification: boolean;
  /** Label per sample, or null where there are none. A negative label means "unlabelled". */
  labels: Int32Array | null;
}

/**
 * The samples whose outputs differ most, largest difference first, with the answer of both models: the class and its score, or the value that
 * differs most where there are no classes. Samples that do not differ are left out.
 */
export function pairSamples({ source, variant, sampleCount, classification, labels }: PairInput): SamplePair[] {
  const size = sampleCount === 0 ? 0 : Math.floor(source.length / sampleCount);
  const pairs: SamplePair[] = [];
  for (let sample = 0; sample < sampleCount; sample += 1) {
    const start = sample * size;
    const worst = largestDifference(source, variant, start, size);
    if (worst.error === 0 || (pairs.length === MAX_PAIRS && worst.error <= (pairs.at(-1)?.maxAbsError ?? 0))) continue;
    const answer = (values: ArrayLike<number>): SamplePair["source"] => {
      const index = classification ? argMax(values, start, size) : worst.index;
      const value = values[start + index] ?? Number.NaN;
      return { index, value: Number.isFinite(value) ? value : null };
    };
    const label = labels?.[sample] ?? -1;
    pairs.push({ sample, label: label < 0 ? null : label, maxAbsError: worst.error, source: answer(source), variant: answer(variant) });
    pairs.sort((left, right) => right.maxAbsError - left.maxAbsError || left.sample - right.sample);
    pairs.length = Math.min(pairs.length, MAX_PAIRS);
  }
  return pairs;
}

/** NaN and infinity count as `Number.MAX_VALUE`, as in `compareOutputs`. */
function largestDifference(
  source: ArrayLike<number>,
  variant: ArrayLike<number>,
  start: number,
  size: number,
): { index: number; error: number } {
  let worst = { index: 0, error: 0 };
  for (let index = 0; index < size; index += 1) {
    const difference = Math.abs((source[start + index] ?? Number.NaN) - (variant[start + index] ?? Number.NaN));
    const error = Number.isFinite(difference) ? difference : Number.MAX_VALUE;
    if (error > worst.error) worst = { index, error };
  }
  return worst;
}

import type { OutputCheck } from "@flotilla/contracts";
import type { Arithmetic } from "./arithmetic.ts";
import type { TypedArray, Value } from "./value.ts";

/**
 * Of a float model: the share of the largest output, at least of 1, that an error may be. Ten times what the fixtures keep, since a deep model adds
 * up rounding in another order. Weights of a dynamic-range model are 8 bits, and its own runtime rounds activations too.
 */
const FLOAT_TOLERANCE: Readonly<Record<Exclude<Arithmetic, "integer">, number>> = { float: 1e-4, dynamic: 5e-2 };
/** Integer kernels round each layer's result in their own way: single values may be some steps off, on average they are close. */
const MAX_STEPS = 16;
const MAX_MEAN_STEPS = 2;
/** A step of a float output of an integer model is this share of its range. */
const STEPS = 255;

/**
 * Compares what a converted model answers with what its reference does, over all samples. `found` and `reference` have an entry a sample, in the order
 * of the model's outputs.
 */
export function compareWithReference(
  reference: readonly (readonly Value[])[],
  found: readonly (readonly Value[])[],
  arithmetic: Arithmetic,
): OutputCheck[] {
  const names = (found[0] ?? []).map(({ name }) => name);
  return names.map((name, output) => {
    const pairs = reference.map((values, sample) => [values[output], found[sample]?.[output]] as const);
    return compareOutput(name, pairs, arithmetic);
  });
}

type Pair = readonly [reference: Value | undefined, found: Value | undefined];

function compareOutput(name: string, pairs: readonly Pair[], arithmetic: Arithmetic): OutputCheck {
  const samples = pairs.map(measure);
  const comparable = samples.every((sample) => sample !== null);
  const measured = samples.filter((sample) => sample !== null);
  const step = arithmetic === "integer" ? stepOf(pairs, measured) : 0;
  const judged = measured.map(({ error, largest }) => {
    return { error, largest, tolerance: arithmetic === "integer" ? MAX_STEPS * step : FLOAT_TOLERANCE[arithmetic] * Math.max(1, largest) };
  });
  const worst = judged.toSorted((left, right) => right.error / right.tolerance - left.error / left.tolerance)[0];
  const steps = arithmetic === "integer" && comparable ? countSteps(measured, step) : null;
  const { error = 0, largest = 0, tolerance = 0 } = worst ?? {};
  return {
    name,
    maxAbsError: comparable ? error : null,
    largest,
    tolerance,
    steps,
    passed: comparable && error <= tolerance && (arithmetic !== "integer" || meanError(measured) <= MAX_MEAN_STEPS * step),
  };
}

interface SampleErrors {
  readonly errors: Float32Array;
  /** Largest of `errors`. */
  readonly error: number;
  /** Of the reference's finite values: the largest absolute one, 0 without any, and the ends of the range. */
  readonly largest: number;
  readonly low: number;
  readonly high: number;
}

/** One sample's output against its reference; null where they cannot be compared. */
function measure([reference, found]: Pair): SampleErrors | null {
  if (reference === undefined || found === undefined || !sameShape(reference.shape, found.shape)) return null;
  const errors = new Float32Array(reference.data.length);
  let [error, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let index = 0; index < errors.length; index += 1) {
    const [due, is] = [Number(reference.data[index]), Number(found.data[index])];
    // Where both overflow alike, or both have no answer, they agree.
    if (Object.is(due, is)) continue;
    if (!Number.isFinite(due) || !Number.isFinite(is)) return null;
    errors[index] = Math.abs(due - is);
    error = Math.max(error, Math.abs(due - is));
  }
  for (const value of reference.data) {
    if (!Number.isFinite(Number(value))) continue;
    low = Math.min(low, Number(value));
    high = Math.max(high, Number(value));
  }
  return { errors, error, low, high, largest: low > high ? 0 : Math.max(Math.abs(low), Math.abs(high)) };
}

/** 1 where the outputs are integers; a share of the range of all samples where they are floats out of integers. */
function stepOf(pairs: readonly Pair[], samples: readonly SampleErrors[]): number {
  if (pairs.every(([reference]) => reference !== undefined && !isFloat(reference.data))) return 1;
  const range = Math.max(...samples.map(({ high }) => high)) - Math.min(...samples.map(({ low }) => low));
  return Math.max(range / STEPS, Number.EPSILON);
}

function meanError(samples: readonly SampleErrors[]): number {
  let [sum, count] = [0, 0];
  for (const { errors } of samples) {
    count += errors.length;
    for (const error of errors) sum += error;
  }
  return count === 0 ? 0 : sum / count;
}

function countSteps(samples: readonly SampleErrors[], step: number): { largest: number; shareOverOne: number } {
  let [over, all] = [0, 0];
  for (const { errors } of samples) {
    all += errors.length;
    // A hundredth for what float arithmetic adds to exactly one step.
    for (const error of errors) if (error > step * 1.01) over += 1;
  }
  return { largest: Math.max(0, ...samples.map(({ error }) => error)) / step, shareOverOne: all === 0 ? 0 : over / all };
}

function isFloat(data: TypedArray): boolean {
  return data instanceof Float32Array || data instanceof Float64Array;
}

/** A batch of one may be left out by one side. */
function sameShape(left: readonly number[], right: readonly number[]): boolean {
  const [a, b] = [left, right].map((shape) => (shape[0] === 1 ? shape.slice(1) : [...shape]));
  return a?.length === b?.length && (a ?? []).every((size, axis) => size === b?.[axis]);
}

import { FlotillaError } from "@flotilla/contracts";
import type { NamedArray } from "../data-sets/read-arrays.ts";
import { isFloatData, typeOf } from "./cast-values.ts";
import { firstOf, lastOf, toChannelsFirst } from "./channel-order.ts";
import { describeShape, findArrays } from "./find-array.ts";
import type { Value } from "./value.ts";

interface Expected {
  /** Samples that the inputs hold; only the first of them may have been run. */
  readonly count: number;
  /** Outputs of four axes have their channels first, and the arrays' come last. */
  readonly turned: boolean;
}

/**
 * A person's outputs sample by sample, as the converted model gives them: an array an output, found by name, as the model was trained. `found` is what
 * the model gave, an entry a sample.
 * @throws FlotillaError REFERENCE_NAMES, REFERENCE_SHAPES, REFERENCE_TYPES, REFERENCE_COUNTS
 */
export function matchOutputs(arrays: readonly NamedArray[], found: readonly (readonly Value[])[], { count, turned }: Expected): Value[][] {
  const [first = []] = found;
  const names = first.map(({ name }) => name);
  const readers = findArrays(arrays, names, "output").flatMap((array, index) => {
    const value = first[index];
    return value === undefined ? [] : [splitOutput(array, value, { count, turned: turned && value.shape.length === 4 })];
  });
  return found.map((_, sample) => readers.map((read) => read(sample)));
}

/** Reads an array's samples; `value` is what the model gives for one. */
function splitOutput({ name, array: { shape, data } }: NamedArray, value: Value, { count, turned }: Expected): (sample: number) => Value {
  const run = turned ? lastOf(value.shape) : value.shape;
  // The first axis counts samples: before the shape of one run, or in place of its batch.
  const isStacked = shape.length === run.length + 1;
  const [rows = 0, ...sizes] = shape;
  if (!sameSizes(sizes, isStacked ? run : run.slice(1))) {
    throw new FlotillaError(
      "REFERENCE_SHAPES",
      `"${name}" has the shape (${shape.join(", ")}); the model's output "${value.name}" has ${describeShape(run)}. Save what the model answers as it is.`,
    );
  }
  const batch = isStacked ? 1 : (run[0] ?? 1);
  if (rows !== count * batch) {
    throw new FlotillaError(
      "REFERENCE_COUNTS",
      `"${name}" holds ${rows} rows, and ${count} samples of the inputs ask for ${count * batch}. Save one answer for every sample.`,
    );
  }
  if (isFloatData(data) !== isFloatData(value.data)) {
    throw new FlotillaError(
      "REFERENCE_TYPES",
      `"${name}" holds ${typeOf(data)}, and the model's output "${value.name}" is ${typeOf(value.data)}. Save what the model answers as it is.`,
    );
  }
  const length = value.data.length;
  return (sample) => {
    const values = data.subarray(sample * length, (sample + 1) * length);
    return { name: value.name, shape: turned ? firstOf(run) : run, data: turned ? toChannelsFirst(values, run) : values };
  };
}

function sameSizes(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}

import { FlotillaError } from "@flotilla/contracts";
import type { NamedArray } from "../data-sets/read-arrays.ts";
import { castValues } from "./cast-values.ts";
import { firstOf, lastOf, toChannelsFirst } from "./channel-order.ts";
import { describeShape, findArrays } from "./find-array.ts";
import type { InputSlot } from "./reference-inputs.ts";
import type { TypedArray } from "./value.ts";

/** An input of a converted model. */
export interface Port {
  readonly name: string;
  /** Element type as onnxruntime names it. */
  readonly type: string;
  /** -1 where a size is open. */
  readonly shape: readonly number[];
  /** Its channels come first, other than where the model was trained. */
  readonly turned: boolean;
}

/** More say nothing new, and somebody waits. */
const MAX_SAMPLES = 256;

/**
 * A person's inputs as the converted model takes them: an array an input, found by name, as the model was trained. Its first axis counts samples,
 * either in place of the model's batch axis or before the shape of one run. The first 256 samples are taken;
 * `count` says how many there are.
 * @throws FlotillaError REFERENCE_NAMES, REFERENCE_SHAPES, REFERENCE_TYPES, REFERENCE_COUNTS
 */
export function matchInputs(
  arrays: readonly NamedArray[],
  ports: readonly Port[],
): { slots: InputSlot[]; samples: TypedArray[][]; count: number } {
  const names = ports.map(({ name }) => name);
  const inputs = findArrays(arrays, names, "input").flatMap((array, index) => {
    const port = ports[index];
    return port === undefined ? [] : [splitInput(array, port)];
  });
  const [first] = inputs;
  const odd = inputs.find(({ count }) => count !== first?.count);
  if (first === undefined || first.count < 1 || odd !== undefined) {
    const found = inputs.map(({ array, count }) => `"${array.name}" ${count}`).join(", ");
    throw new FlotillaError(
      "REFERENCE_COUNTS",
      `The arrays of the inputs have to hold equally many samples, at least one: ${found}. The first axis of each counts the samples.`,
    );
  }
  return {
    count: first.count,
    slots: inputs.map(({ port: { name, type, turned }, shape }) => ({ name, type, shape: turned ? firstOf(shape) : shape })),
    samples: Array.from({ length: Math.min(first.count, MAX_SAMPLES) }, (_, sample) => inputs.map((input) => valuesOf(input, sample))),
  };
}

interface Input {
  readonly array: NamedArray;
  readonly port: Port;
  readonly count: number;
  /** Of one run, as the model was trained. */
  readonly shape: readonly number[];
}

function splitInput(array: NamedArray, port: Port): Input {
  const trained = port.turned ? lastOf(port.shape) : port.shape;
  const { shape } = array.array;
  const fits = (sizes: readonly number[]): boolean => trained.every((size, axis) => size < 0 || size === sizes[axis]);
  if (shape.length === trained.length + 1 && fits(shape.slice(1))) return { array, port, count: shape[0] ?? 0, shape: shape.slice(1) };
  const [open = -1] = trained;
  const batch = Math.max(open, 1);
  const run = [batch, ...shape.slice(1)];
  if (shape.length !== trained.length || trained.length === 0 || !fits(run)) {
    throw new FlotillaError(
      "REFERENCE_SHAPES",
      `"${array.name}" has the shape (${shape.join(", ")}); the model's input "${port.name}" takes ${describeShape(trained)}. Save the array with that shape, as the model was trained.`,
    );
  }
  const count = (shape[0] ?? 0) / batch;
  if (!Number.isInteger(count)) {
    throw new FlotillaError(
      "REFERENCE_COUNTS",
      `"${array.name}" holds ${shape[0]} rows, and the model takes ${batch} at once. Leave the last ${(shape[0] ?? 0) % batch} out.`,
    );
  }
  return { array, port, count, shape: run };
}

function valuesOf({ array, port, shape }: Input, sample: number): TypedArray {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = castValues(array.array.data.subarray(sample * length, (sample + 1) * length), port.type, array.name);
  return port.turned ? toChannelsFirst(values, shape) : values;
}

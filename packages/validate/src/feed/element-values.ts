import { FlotillaError } from "@flotilla/contracts/errors";

export type ElementValues =
  | Float32Array
  | Float64Array
  | Float16Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const CREATE: Readonly<Record<string, (values: Float32Array) => ElementValues>> = {
  float32: (values) => values,
  float64: (values) => Float64Array.from(values),
  float16: (values) => Float16Array.from(values),
  uint8: (values) => new Uint8Array(Uint8ClampedArray.from(values)),
  int8: (values) => Int8Array.from(values, (value) => Math.max(-128, Math.min(127, Math.round(value)))),
  uint16: (values) => Uint16Array.from(values, Math.round),
  int16: (values) => Int16Array.from(values, Math.round),
  int32: (values) => Int32Array.from(values, Math.round),
  uint32: (values) => Uint32Array.from(values, Math.round),
  int64: (values) => BigInt64Array.from(values, (value) => BigInt(Math.round(value))),
  bool: (values) => Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)),
};

/**
 * Float values in an input's own element type; integers are rounded, and those of 8 bits held at their ends.
 * @throws FlotillaError PREPROCESSING_MISMATCH for text and other types that a data set cannot hold
 */
export function toElements(input: { readonly name: string; readonly type: string }, values: Float32Array): ElementValues {
  const create = CREATE[input.type];
  if (create !== undefined) return create(values);
  throw new FlotillaError(
    "PREPROCESSING_MISMATCH",
    `The model's input "${input.name}" has type ${input.type}, which a data set cannot feed.`,
  );
}

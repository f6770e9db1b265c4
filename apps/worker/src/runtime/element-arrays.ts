import type { TypedArray } from "../reference/value.ts";

/** Zeros of an element type, as onnxruntime names it: what a tensor of so many elements is made of. */
export const ELEMENT_ARRAYS: Readonly<Record<string, (length: number) => TypedArray>> = {
  float32: (length) => new Float32Array(length),
  float64: (length) => new Float64Array(length),
  int8: (length) => new Int8Array(length),
  uint8: (length) => new Uint8Array(length),
  int16: (length) => new Int16Array(length),
  uint16: (length) => new Uint16Array(length),
  int32: (length) => new Int32Array(length),
  uint32: (length) => new Uint32Array(length),
  int64: (length) => new BigInt64Array(length),
  uint64: (length) => new BigUint64Array(length),
  bool: (length) => new Uint8Array(length),
};

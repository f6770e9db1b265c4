import { OnnxError } from "../errors.ts";
import { bitsPerElement, DataType } from "./data-types.ts";
import { fromBfloat16Bits, fromFloat16Bits, toBfloat16Bits, toFloat16Bits } from "./float16.ts";
import { isPacked, packNibbles, unpackNibbles } from "./packed-integers.ts";

/**
 * A constant: little-endian elements in `bytes`, usually a view into the file that it came from, never to be written to.
 * String tensors have `strings` instead and empty `bytes`.
 */
export interface Tensor {
  readonly dataType: number;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
  readonly strings?: readonly Uint8Array[];
}

export function elementCount(dims: readonly number[]): number {
  return dims.reduce((total, dim) => total * dim, 1);
}

export function byteLength(tensor: Tensor): number {
  return tensor.strings === undefined ? tensor.bytes.byteLength : tensor.strings.reduce((total, value) => total + value.byteLength, 0);
}

/** The bytes at an address that is a multiple of `width`: the same memory where possible, else a copy. */
function aligned(bytes: Uint8Array, width: number): Uint8Array {
  // Not `slice`: on a Buffer that would be another view of the same memory.
  return bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
}

export function float32View(tensor: Tensor): Float32Array {
  const bytes = aligned(tensor.bytes, 4);
  return new Float32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4));
}

type NumberView =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The storage view of a tensor: 16-bit floats appear as their bits, booleans as bytes. */
export function storageView(tensor: Tensor): NumberView {
  const bits = bitsPerElement(tensor.dataType);
  if (bits === null || bits < 8 || bits > 64) {
    throw new OnnxError("UNSUPPORTED_OPERATOR", `Values of element type ${tensor.dataType} cannot be calculated with here.`);
  }
  const bytes = aligned(tensor.bytes, bits / 8);
  const count = Math.floor((bytes.byteLength * 8) / bits);
  const make = VIEWS[tensor.dataType] ?? VIEWS[DataType.UINT8];
  if (make === undefined) throw new OnnxError("INTERNAL", `No view for element type ${tensor.dataType}.`);
  return make(bytes.buffer, bytes.byteOffset, count);
}

const VIEWS: Readonly<Record<number, (buffer: ArrayBufferLike, offset: number, count: number) => NumberView>> = {
  [DataType.FLOAT]: (buffer, offset, count) => new Float32Array(buffer, offset, count),
  [DataType.DOUBLE]: (buffer, offset, count) => new Float64Array(buffer, offset, count),
  [DataType.INT8]: (buffer, offset, count) => new Int8Array(buffer, offset, count),
  [DataType.UINT8]: (buffer, offset, count) => new Uint8Array(buffer, offset, count),
  [DataType.BOOL]: (buffer, offset, count) => new Uint8Array(buffer, offset, count),
  [DataType.INT16]: (buffer, offset, count) => new Int16Array(buffer, offset, count),
  [DataType.UINT16]: (buffer, offset, count) => new Uint16Array(buffer, offset, count),
  [DataType.FLOAT16]: (buffer, offset, count) => new Uint16Array(buffer, offset, count),
  [DataType.BFLOAT16]: (buffer, offset, count) => new Uint16Array(buffer, offset, count),
  [DataType.INT32]: (buffer, offset, count) => new Int32Array(buffer, offset, count),
  [DataType.UINT32]: (buffer, offset, count) => new Uint32Array(buffer, offset, count),
  [DataType.INT64]: (buffer, offset, count) => new BigInt64Array(buffer, offset, count),
  [DataType.UINT64]: (buffer, offset, count) => new BigUint64Array(buffer, offset, count),
};

/** All elements as doubles. 64-bit integers lose precision above 2^53: use `toBigInts` where they are indices or limits. */
export function toNumbers(tensor: Tensor): Float64Array {
  if (isPacked(tensor.dataType)) return unpackNibbles(tensor.bytes, elementCount(tensor.dims), tensor.dataType === DataType.INT4);
  const view = storageView(tensor);
  const result = new Float64Array(view.length);
  const convert = tensor.dataType === DataType.FLOAT16 ? fromFloat16Bits : tensor.dataType === DataType.BFLOAT16 ? fromBfloat16Bits : null;
  for (let index = 0; index < view.length; index += 1) {
    const value = Number(view[index] ?? 0);
    result[index] = convert === null ? value : convert(value);
  }
  return result;
}

/** Whether every element is `wanted`; large weights are told apart by their first element, without a copy. */
export function isFilledWith(tensor: Tensor, wanted: number): boolean {
  if (tensor.strings !== undefined) return false;
  const bits = bitsPerElement(tensor.dataType) ?? 8;
  if (elementCount(tensor.dims) === 0) return true;
  const first = toNumbers({ ...tensor, dims: [1], bytes: tensor.bytes.subarray(0, Math.ceil(bits / 8)) })[0];
  return first === wanted && toNumbers(tensor).every((value) => value === wanted);
}

/** The elements of an integer tensor, exact. */
export function toBigInts(tensor: Tensor): bigint[] {
  const values: ArrayLike<number | bigint> = storageView(tensor);
  return Array.from(values, (value) => BigInt(value));
}

/** A tensor of `dataType` from numbers, rounded to that type as a C cast does (integers truncate and wrap, floats round to nearest even). */
export function tensorFromNumbers(dataType: number, dims: readonly number[], values: ArrayLike<number | bigint>): Tensor {
  const bits = bitsPerElement(dataType);
  if (bits === null) throw new OnnxError("INTERNAL", `No storage for element type ${dataType}.`);
  if (isPacked(dataType)) return { dataType, dims: [...dims], bytes: packNibbles(values) };
  const bytes = new Uint8Array((values.length * bits) / 8);
  const tensor: Tensor = { dataType, dims: [...dims], bytes };
  const view = storageView(tensor);
  const encode = ENCODERS[dataType];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    if (view instanceof BigInt64Array || view instanceof BigUint64Array) view[index] = typeof value === "bigint" ? value : toBigInt(value);
    else view[index] = encode === undefined ? Number(value) : encode(Number(value));
  }
  return tensor;
}

const ENCODERS: Readonly<Record<number, (value: number) => number>> = {
  [DataType.FLOAT16]: toFloat16Bits,
  [DataType.BFLOAT16]: toBfloat16Bits,
  [DataType.BOOL]: (value) => (value === 0 ? 0 : 1),
};

function toBigInt(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

export function floatTensor(dims: readonly number[], values: ArrayLike<number>): Tensor {
  return tensorFromNumbers(DataType.FLOAT, dims, values);
}

export function int64Tensor(values: readonly (number | bigint)[]): Tensor {
  return tensorFromNumbers(DataType.INT64, [values.length], values);
}

/** Equal type, shape and bits. */
export function sameTensor(left: Tensor, right: Tensor): boolean {
  if (left.dataType !== right.dataType || left.dims.length !== right.dims.length) return false;
  if (left.strings !== undefined || right.strings !== undefined) return false;
  return left.dims.every((dim, axis) => dim === right.dims[axis]) && Buffer.compare(left.bytes, right.bytes) === 0;
}

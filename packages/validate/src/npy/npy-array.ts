/** The element types that Flotilla reads and writes, by NumPy's little-endian descriptor. */
export const npyTypes = {
  "<f4": { bytes: 4, type: "float32", create: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  "<f8": { bytes: 8, type: "float64", create: (buffer: ArrayBuffer) => new Float64Array(buffer) },
  "|u1": { bytes: 1, type: "uint8", create: (buffer: ArrayBuffer) => new Uint8Array(buffer) },
  "|i1": { bytes: 1, type: "int8", create: (buffer: ArrayBuffer) => new Int8Array(buffer) },
  "<i4": { bytes: 4, type: "int32", create: (buffer: ArrayBuffer) => new Int32Array(buffer) },
  "<i8": { bytes: 8, type: "int64", create: (buffer: ArrayBuffer) => new BigInt64Array(buffer) },
} as const;

export type NpyDescriptor = keyof typeof npyTypes;
export type NpyType = (typeof npyTypes)[NpyDescriptor]["type"];
export type NpyData = Float32Array | Float64Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export interface NpyHeader {
  type: NpyType;
  /** Outermost axis first; empty for a scalar. */
  shape: number[];
  /** Where the data begins in the file. */
  dataOffset: number;
  /** Bytes that the shape and the type ask for. */
  dataBytes: number;
}

/** An array of a `.npy` file, in C order: the last axis varies fastest. */
export interface NpyArray {
  type: NpyType;
  shape: number[];
  data: NpyData;
}

/** Product of the axes; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

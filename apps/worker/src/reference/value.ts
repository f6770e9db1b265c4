export type TypedArray =
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

/** A tensor that went into a model or came out of it. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

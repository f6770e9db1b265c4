import type { BuiltinOptions, BuiltinOptions2 } from "../../tflite-schema/gen/tflite.ts";

/** `real = scale[c] * (stored - zeroPoint[c])`, c counting along `axis`; one scale for the whole tensor where there is only one. */
export interface Quantisation {
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly axis: number;
}

export interface SourceTensor {
  readonly index: number;
  readonly name: string;
  /** A number of the schema's TensorType. */
  readonly type: number;
  /** Sizes when the file was written; one that changes from run to run is 1 or -1 here. */
  readonly shape: readonly number[];
  /** As `shape`, -1 where a size is not fixed. */
  readonly signature: readonly number[];
  /** Little-endian elements of a constant, dense; null for what is computed. */
  readonly data: Uint8Array | null;
  readonly quantisation: Quantisation | null;
  /** What is stored here where the file stores 0: 128 once int8 was made uint8. */
  readonly origin: number;
  /** Keeps its value from one run to the next, until somebody resets it. */
  readonly isVariable: boolean;
}

export interface SourceOperator {
  /** `CONV_2D`, or `custom:<name>`. */
  readonly kind: string;
  readonly version: number;
  /** Indices of tensors; -1 is an input that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly intermediates: readonly number[];
  readonly options: BuiltinOptions | BuiltinOptions2 | null;
  readonly customOptions: Uint8Array;
}

export interface SourceGraph {
  readonly index: number;
  readonly name: string;
  readonly tensors: readonly SourceTensor[];
  readonly operators: readonly SourceOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The names that a signature gives to inputs and outputs of its graph, by tensor index. */
export interface SourceSignature {
  readonly key: string;
  readonly inputs: ReadonlyMap<number, string>;
  readonly outputs: ReadonlyMap<number, string>;
}

/** A TFLite model, every index checked. The first graph is the one that runs. */
export interface SourceModel {
  readonly description: string;
  readonly graphs: readonly SourceGraph[];
  readonly signature: SourceSignature | null;
  readonly metadata: readonly { readonly name: string; readonly data: Uint8Array }[];
}

import type { BuiltinOperator, BuiltinOptions } from "../tflite-schema/gen/tflite.ts";
import type { Draft } from "../flatbuffer/layout.ts";

export type Builtin = keyof typeof BuiltinOperator;

/** An operator's options: the member of the schema's union by name, and its fields; left-out fields have the schema's defaults. */
export type Options = {
  [Type in BuiltinOptions["type"]]: { readonly type: Type; readonly value: Draft<Extract<BuiltinOptions, { type: Type }>["value"]> };
}[BuiltinOptions["type"]];

/** real = scale · (integer − zero point); several scales belong to the slices along `axis`. */
export interface Quant {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

export interface TargetTensor {
  name: string;
  /** In memory order. */
  readonly shape: readonly number[];
  /** Of the schema's TensorType. */
  readonly type: number;
  quant: Quant | null;
  /** Little-endian content of a constant; null where an operator or the caller writes it. */
  readonly content: Uint8Array | null;
  /** Keeps its content between runs: a state, all zero at first. */
  readonly isVariable?: boolean;
}

export interface TargetOperator {
  readonly builtin: Builtin;
  /** Indices of tensors; -1 is an optional input that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Options | null;
  /** The node that it came from, for reports. */
  readonly origin: string;
}

/** One graph as TFLite has it, before it is encoded. */
export interface TargetModel {
  readonly tensors: readonly TargetTensor[];
  readonly operators: readonly TargetOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

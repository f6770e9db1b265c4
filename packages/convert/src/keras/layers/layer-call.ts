import { refusal } from "../../reasons.ts";
import { DataType, type Dim, type GraphBuilder, type Tensor } from "@flotilla/onnx";
import { convertError, unsupported, unsupportedError } from "../../errors.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import type { LayerConfig } from "../graph/layer-config.ts";

/** An argument of a call with its tensors written. */
export type CallValue =
  | { readonly kind: "tensor"; readonly value: string }
  | { readonly kind: "list"; readonly items: readonly CallValue[] }
  | { readonly kind: "value"; readonly value: unknown };

/** What a call needs of the conversion around it. */
export interface CallContext {
  readonly b: GraphBuilder;
  /** Masks by the value that they belong to: bool, [batch, steps]. */
  readonly masks: Map<string, string>;
  weightsOf(layer: KerasLayer): ReadonlyMap<string, Tensor>;
  /** Converts a call of a layer inside this one. */
  convert(layer: KerasLayer, args: readonly CallValue[], kwargs: ReadonlyMap<string, CallValue>): readonly string[];
}

/** One call of a layer, as its converter sees it. */
export class LayerCall {
  readonly layer: KerasLayer;
  readonly context: CallContext;
  readonly args: readonly CallValue[];
  readonly kwargs: ReadonlyMap<string, CallValue>;
  /** The tensors of the first argument. */
  readonly inputs: readonly string[];

  constructor(layer: KerasLayer, context: CallContext, args: readonly CallValue[], kwargs: ReadonlyMap<string, CallValue>) {
    this.layer = layer;
    this.context = context;
    this.args = args;
    this.kwargs = kwargs;
    this.inputs = args[0] === undefined ? [] : tensors(args[0]);
  }

  get b(): GraphBuilder {
    return this.context.b;
  }

  get config(): LayerConfig {
    return this.layer.config;
  }

  /** Input `index` as float32: Keras casts integers for layers that calculate. */
  input(index = 0): string {
    return toFloat(this.b, this.rawInput(index));
  }

  /** Input `index` of whatever type. @throws FlotillaError INVALID_GRAPH */
  rawInput(index = 0): string {
    return this.inputs[index] ?? this.fail(`needs ${index + 1} inputs and has ${this.inputs.length}`);
  }

  /** Tensors of the argument at `position` or called `name`. */
  tensors(position: number, name: string): string[] {
    const found = this.args[position] ?? this.kwargs.get(name);
    return found === undefined ? [] : tensors(found);
  }

  /** A plain value among the arguments, undefined where it is absent or a tensor. */
  plain(position: number, name: string): unknown {
    const found = this.args[position] ?? this.kwargs.get(name);
    return found === undefined ? undefined : plain(found);
  }

  has(weight: string): boolean {
    return this.context.weightsOf(this.layer).has(weight);
  }

  /**
   * A weight, with its shape checked: null in `dims` fits any size.
   * @throws FlotillaError INVALID_GRAPH with both shapes
   */
  weight(name: string, dims?: readonly (number | null)[]): Tensor {
    const tensor = this.context.weightsOf(this.layer).get(name) ?? this.fail(`has no weight ${JSON.stringify(name)}`);
    const fits =
      dims === undefined || (dims.length === tensor.dims.length && dims.every((dim, axis) => dim === null || dim === tensor.dims[axis]));
    if (fits) return tensor;
    return this.fail(
      `has a weight ${JSON.stringify(name)} of [${tensor.dims.join(", ")}], where [${dims.map((dim) => dim ?? "any").join(", ")}] is due`,
    );
  }

  mask(value: string): string | null {
    return this.context.masks.get(value) ?? null;
  }

  /** The mask of the first input: as an argument of the call (Keras 3 writes it so), or as it comes with the input. */
  inputMask(): string | null {
    return this.tensors(-1, "mask")[0] ?? this.inputs.map((input) => this.mask(input)).find((mask) => mask !== null) ?? null;
  }

  /** The size of an axis, which this layer must know. @throws FlotillaError INVALID_GRAPH */
  size(value: string, axis: number): number {
    const shape = this.b.shape(value);
    const dim: Dim = shape.at(axis) ?? null;
    return typeof dim === "number"
      ? dim
      : this.fail(
          `needs to know the size of axis ${axis} of its input [${shape.map((size) => size ?? "?").join(", ")}]. Give the Input a fixed shape`,
        );
  }

  /** Counted from the front. @throws FlotillaError INVALID_GRAPH where it does not exist */
  axis(axis: number, rank: number): number {
    const positive = axis < 0 ? axis + rank : axis;
    return Number.isInteger(positive) && positive >= 0 && positive < rank
      ? positive
      : this.fail(`has axis ${axis}, but its input has ${rank} axes`);
  }

  /** For a setting that only the call shows, such as `mode=symmetric`. @throws FlotillaError UNSUPPORTED_OPERATOR */
  refuse(setting: string): never {
    throw unsupportedError([unsupported(this.layer.path, this.layer.className, refusal("SETTING", { setting }))]);
  }

  fail(what: string): never {
    throw convertError(
      "INVALID_GRAPH",
      `The layer ${this.layer.className} ${JSON.stringify(this.layer.path)} ${what}. Save the model again.`,
    );
  }
}

export function toFloat(b: GraphBuilder, value: string): string {
  const { elemType } = b.type(value);
  return elemType === DataType.FLOAT || elemType === DataType.UNDEFINED ? value : b.op("Cast", [value], { to: BigInt(DataType.FLOAT) });
}

export function toBool(b: GraphBuilder, value: string): string {
  return b.type(value).elemType === DataType.BOOL ? value : b.op("Cast", [value], { to: BigInt(DataType.BOOL) });
}

function tensors(value: CallValue): string[] {
  if (value.kind === "value") return [];
  return value.kind === "tensor" ? [value.value] : value.items.flatMap(tensors);
}

function plain(value: CallValue): unknown {
  if (value.kind === "value") return value.value;
  return value.kind === "list" ? value.items.map(plain) : undefined;
}

import type { LayerConfig } from "./layer-config.ts";

/** A tensor inside a model: output `index` of the call `node` of a layer. */
export interface TensorRef {
  readonly layer: string;
  readonly node: number;
  readonly index: number;
}

/** An argument of a layer's call. */
export type Argument =
  | { readonly kind: "tensor"; readonly ref: TensorRef }
  | { readonly kind: "list"; readonly items: readonly Argument[] }
  | { readonly kind: "value"; readonly value: unknown };

/** One call of a layer. A shared layer has several. */
export interface CallNode {
  readonly args: readonly Argument[];
  readonly kwargs: ReadonlyMap<string, Argument>;
}

/** A layer inside another one that is not a model: a wrapped layer, a cell, a projection of an attention. */
export interface Part {
  /** What it is called in weight names, such as `forward_lstm` or `query`. */
  readonly name: string;
  /** Attributes of the owner under which Keras 3 files keep it; the first that exists counts. */
  readonly attributes: readonly string[];
  readonly layer: KerasLayer;
}

/** A layer as saved: nothing of it is executed. Two entries of the same name in one model cannot exist. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  /** With the models around it, for people: `encoder/conv`. */
  readonly path: string;
  readonly config: LayerConfig;
  readonly trainable: boolean;
  /** Python module or registration of a class that is not Keras' own, else "". */
  readonly foreign: string;
  readonly calls: readonly CallNode[];
  /** The model that this layer is, where it is one. */
  readonly model: KerasModel | null;
  readonly parts: readonly Part[];
}

/** Sequential or Functional, outermost or nested. */
export interface KerasModel {
  readonly name: string;
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
}

/** The tensors of an argument, from left to right. */
export function tensorsOf(argument: Argument | undefined): TensorRef[] {
  if (argument === undefined || argument.kind === "value") return [];
  return argument.kind === "tensor" ? [argument.ref] : argument.items.flatMap(tensorsOf);
}

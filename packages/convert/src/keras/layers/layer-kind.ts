import type { Refusal } from "../../reasons.ts";
import type { KerasLayer, Part } from "../graph/keras-graph.ts";
import type { LayerConfig } from "../graph/layer-config.ts";
import type { MakePart } from "../graph/read-model.ts";
import type { WeightSlot } from "../weights/weight-slots.ts";
import type { LayerCall } from "./layer-call.ts";

/** How layers of some classes become ONNX nodes. Everything that the product says about a layer comes from here. */
export interface LayerKind {
  /** Names of the classes, in any version of Keras. */
  readonly classes: readonly string[];
  /** For docs and verdicts: the ONNX operators, and what is left out. */
  readonly about: string;
  /** Weights in the order in which Keras makes them. Default none. */
  readonly slots?: (layer: KerasLayer) => readonly WeightSlot[];
  /** Layers inside. Default none. */
  readonly parts?: (config: LayerConfig, make: MakePart, className: string) => readonly Part[];
  /** Why these settings cannot be converted and what to do; null where they can. Called before anything is converted. */
  readonly refuse?: (layer: KerasLayer) => Refusal | null;
  /** Hands the mask of its first input on to its output; with `keras3` not in older versions. */
  readonly passesMask?: boolean | "keras3";
  /** Writes the nodes of one call; returns its output or outputs. */
  readonly convert: (call: LayerCall) => string | readonly string[];
}

/** A trained weight that Keras may keep as int8. */
export const quantisable = (name: string, scaleAxes: readonly number[]): WeightSlot => ({ name, trainable: true, scaleAxes });

export const trained = (...names: readonly string[]): WeightSlot[] => names.map((name) => ({ name, trainable: true }));
export const kept = (...names: readonly string[]): WeightSlot[] => names.map((name) => ({ name, trainable: false }));

/** The weights of a layer of a kernel and perhaps a bias. */
export function kernelAndBias(...kernels: readonly string[]): (layer: KerasLayer) => WeightSlot[] {
  return ({ config }) => trained(...kernels, ...(config.bool("use_bias", true) ? ["bias"] : []));
}

import type { Tensor } from "@flotilla/onnx";
import type { KerasLayer } from "../graph/keras-graph.ts";

/** The file forms that are read. */
export type KerasForm = "h5" | "keras-v3" | "tfjs";

/** Where weights of a layer stand in a file: each form has its own way of addressing them. */
export interface WeightSource {
  /** Fills the weights of one layer of the outermost model, and of all that is in it. @throws FlotillaError where they are missing */
  load(layers: readonly KerasLayer[]): WeightsByLayer;
}

/** Weights of a layer by the name that Keras gives them: `kernel`, `moving_mean`. All float32. */
export type WeightsByLayer = ReadonlyMap<KerasLayer, ReadonlyMap<string, Tensor>>;

/** A saved model, taken apart but not yet understood. */
export interface KerasArchive {
  readonly form: KerasForm;
  /** `keras_version` of the file, "" where it says none (Keras 1.0). */
  readonly version: string;
  /** What Keras ran on: kernels of Theano are flipped. */
  readonly backend: string;
  /** The model's own description: `{class_name, config}`. */
  readonly config: unknown;
  readonly weights: WeightSource;
  /** Class names by index, where the file carries them. */
  readonly labels: readonly string[];
}

/** The major version, which decides what some names mean. */
export function majorVersion({ version, form }: Pick<KerasArchive, "version" | "form">): 1 | 2 | 3 {
  const major = Number.parseInt(version, 10);
  // tfjs' own layers follow Keras 2, whatever number their writer puts there.
  if (form === "tfjs" && !version.startsWith("3")) return 2;
  if (major === 1 || version === "") return 1;
  return major >= 3 ? 3 : 2;
}

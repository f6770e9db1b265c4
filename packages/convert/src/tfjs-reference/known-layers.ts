import type { LayerConfig } from "../keras/graph/layer-config.ts";

/** A layer that TensorFlow.js layers 4.22 has too. */
interface KnownLayer {
  /** Settings that it ignores or takes differently: what they must be for the two to mean the same. */
  readonly requires?: (config: LayerConfig) => boolean;
  /** Its name there, where it has another one. */
  readonly as?: string;
  /** What it has inside are layers, which it must know too; else they are its own cell. */
  readonly wraps?: boolean;
  /** Settings under the names that it knows. */
  readonly rename?: Readonly<Record<string, string>>;
}

/** Activations that mean the same in both; `hard_sigmoid` changed with Keras 3. */
const ACTIVATIONS = new Set([
  "linear",
  "relu",
  "relu6",
  "elu",
  "selu",
  "sigmoid",
  "softmax",
  "softplus",
  "softsign",
  "tanh",
  "swish",
  "silu",
  "gelu",
]);

export function knowsActivation(config: LayerConfig, name: string): boolean {
  const value = config.raw(name);
  if (value === null || (typeof value === "string" && ACTIVATIONS.has(value))) return true;
  return value === "hard_sigmoid" && config.keras < 3;
}

const isDefault = (config: LayerConfig, name: string, fallback: unknown): boolean => {
  const value = config.raw(name) ?? fallback;
  return JSON.stringify(value) === JSON.stringify(fallback) || (Array.isArray(value) && value.every((item) => item === fallback));
};
const channelsLast = (config: LayerConfig): boolean => isDefault(config, "data_format", "channels_last");
const plain: KnownLayer = {};
const spatial: KnownLayer = { requires: channelsLast };
const convolution: KnownLayer = {
  requires: (config) => channelsLast(config) && isDefault(config, "groups", 1) && knowsActivation(config, "activation"),
};
const transposed: KnownLayer = {
  requires: (config) =>
    channelsLast(config) &&
    isDefault(config, "dilation_rate", 1) &&
    isDefault(config, "output_padding", null) &&
    knowsActivation(config, "activation"),
};
const recurrent = (config: LayerConfig): boolean =>
  knowsActivation(config, "activation") &&
  knowsActivation(config, "recurrent_activation") &&
  ["return_state", "stateful", "time_major", "unroll"].every((name) => isDefault(config, name, false));

/** Whether both directions are set up alike. */
function isTwin(config: LayerConfig): boolean {
  const [forward, backward] = ["layer", "backward_layer"].map((name) => {
    const { config: settings = {} } = config.raw(name) as { config?: Record<string, unknown> };
    return JSON.stringify({ ...settings, name: "", go_backwards: false });
  });
  return forward === backward;
}

/** By class. What is missing here is not compared: a reference that means something else would be worse than none. */
export const KNOWN_LAYERS: Readonly<Record<string, KnownLayer>> = {
  InputLayer: plain,
  Dense: { requires: (config) => knowsActivation(config, "activation") },
  Activation: { requires: (config) => knowsActivation(config, "activation") },
  ReLU: { requires: (config) => isDefault(config, "negative_slope", 0) && isDefault(config, "threshold", 0) },
  LeakyReLU: { rename: { negative_slope: "alpha" } },
  PReLU: plain,
  ELU: { requires: (config) => isDefault(config, "alpha", 1) },
  Softmax: { requires: (config) => isDefault(config, "axis", -1) },
  Conv1D: { requires: (config) => convolution.requires?.(config) === true && config.raw("padding") !== "causal" },
  Conv2D: convolution,
  Conv3D: convolution,
  // Its dilation is read and not used there.
  DepthwiseConv2D: { requires: (config) => convolution.requires?.(config) === true && isDefault(config, "dilation_rate", 1) },
  SeparableConv2D: convolution,
  Conv2DTranspose: transposed,
  MaxPooling1D: spatial,
  MaxPooling2D: spatial,
  AveragePooling1D: spatial,
  AveragePooling2D: spatial,
  GlobalAveragePooling1D: spatial,
  GlobalAveragePooling2D: spatial,
  GlobalMaxPooling1D: spatial,
  GlobalMaxPooling2D: spatial,
  ZeroPadding2D: spatial,
  Cropping2D: spatial,
  // Bilinear takes other pixels there: its centres are not half a pixel in.
  UpSampling2D: { requires: (config) => channelsLast(config) && isDefault(config, "interpolation", "nearest") },
  BatchNormalization: plain,
  LayerNormalization: { requires: (config) => isDefault(config, "rms_scaling", false) },
  Embedding: { requires: (config) => isDefault(config, "mask_zero", false) },
  LSTM: { requires: recurrent },
  GRU: { requires: (config) => recurrent(config) && config.raw("reset_after") === false },
  SimpleRNN: { requires: recurrent },
  // There the layer that goes backwards is always a copy of the one that goes forwards.
  Bidirectional: { wraps: true, requires: (config) => config.raw("backward_layer") === null || isTwin(config) },
  TimeDistributed: { wraps: true },
  Add: plain,
  Average: plain,
  Maximum: plain,
  Minimum: plain,
  Multiply: plain,
  Concatenate: plain,
  Flatten: spatial,
  Reshape: plain,
  Permute: plain,
  RepeatVector: plain,
  Rescaling: { requires: (config) => typeof config.raw("scale") === "number" && typeof (config.raw("offset") ?? 0) === "number" },
  Dropout: plain,
  SpatialDropout1D: plain,
  // Nothing but training tells the two apart.
  SpatialDropout2D: { as: "Dropout" },
  SpatialDropout3D: { as: "Dropout" },
  GaussianNoise: plain,
  GaussianDropout: plain,
  AlphaDropout: plain,
};

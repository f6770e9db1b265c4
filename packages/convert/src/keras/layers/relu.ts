import { reluOf } from "../emit/activation-layers.ts";
import type { LayerKind } from "./layer-kind.ts";

/** ReLU with max_value, negative_slope and threshold, on values of any shape. Source: keras/src/layers/activations/relu.py */
export const relu: LayerKind = {
  classes: ["ReLU"],
  about: "Relu, Clip or LeakyRelu; Where with a threshold",
  passesMask: true,
  convert: (call) => reluOf(call.b, call.input(), call.config),
};

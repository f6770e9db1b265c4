import { leakyReluOf } from "../emit/activation-layers.ts";
import type { LayerKind } from "./layer-kind.ts";

/** LeakyReLU: slope · x below zero. Source: keras/src/layers/activations/leaky_relu.py */
export const leakyRelu: LayerKind = {
  classes: ["LeakyReLU"],
  about: "LeakyRelu",
  passesMask: true,
  convert: (call) => leakyReluOf(call.b, call.input(), call.config),
};

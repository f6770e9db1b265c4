import { activate, refuseActivation } from "../emit/activation.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Activation: a function by name, on values of any shape. Source: keras/src/layers/activations/activation.py */
export const activation: LayerKind = {
  classes: ["Activation"],
  about: "The function's own operator",
  refuse: (layer) => refuseActivation(layer),
  passesMask: true,
  convert: (call) => activate(call.b, call.input(), call.config),
};

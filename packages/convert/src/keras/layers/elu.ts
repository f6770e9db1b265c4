import { eluOf } from "../emit/activation-layers.ts";
import type { LayerKind } from "./layer-kind.ts";

/** ELU: alpha · (eˣ − 1) below zero. Source: keras/src/layers/activations/elu.py */
export const elu: LayerKind = {
  classes: ["ELU"],
  about: "Elu",
  passesMask: true,
  convert: (call) => eluOf(call.b, call.input(), call.config),
};

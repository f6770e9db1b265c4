import { refuseActivation, activate } from "../emit/activation.ts";
import { refuseQuantised } from "../weights/quantised-mode.ts";
import { type LayerKind, quantisable, trained } from "./layer-kind.ts";

/**
 * Dense: y = activation(x · kernel + bias) along the last axis; the other axes stay.
 * Kernel [inputs, units], bias [units], float32. Two axes become one Gemm in the clean-up.
 * Source: keras/src/layers/core/dense.py
 */
export const dense: LayerKind = {
  classes: ["Dense"],
  about: "MatMul and Add, or Gemm",
  slots: ({ config }) => [quantisable("kernel", [1]), ...(config.bool("use_bias", true) ? trained("bias") : [])],
  refuse: (layer) => refuseActivation(layer) ?? refuseQuantised(layer.config),
  passesMask: true,
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const units = config.int("units");
    const inputs = b.shape(x).at(-1);
    const kernel = call.weight("kernel", [typeof inputs === "number" ? inputs : null, units]);
    const product = b.op("MatMul", [x, b.constant(kernel, "kernel")]);
    const sum = call.has("bias") ? b.op("Add", [product, b.constant(call.weight("bias", [units]), "bias")]) : product;
    return activate(b, sum, config);
  },
};

import { refuseActivation, activate } from "../emit/activation.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";
import { refusal, type Refusal } from "../../reasons.ts";

/**
 * Dense: y = activation(x · kernel + bias) along the last axis; the other axes stay.
 * Kernel [inputs, units], bias [units], float32. Two axes become one Gemm in the clean-up.
 * Source: keras/src/layers/core/dense.py
 */
export const dense: LayerKind = {
  classes: ["Dense"],
  about: "MatMul and Add, or Gemm",
  slots: kernelAndBias("kernel"),
  refuse: (layer) => refuseActivation(layer) ?? refuseQuantised(layer.config.raw("quantization_mode")),
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

/** Weights that Keras itself quantised are kept in other variables. */
function refuseQuantised(mode: unknown): Refusal | null {
  return typeof mode === "string" ? refusal("QUANTISED_WEIGHTS", { mode }) : null;
}

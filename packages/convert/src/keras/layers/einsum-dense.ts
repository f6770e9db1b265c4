import { refusal } from "../../reasons.ts";
import { activate, refuseActivation } from "../emit/activation.ts";
import { reshapeTensor } from "../emit/permute.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import { refuseQuantised } from "../weights/quantised-mode.ts";
import { type LayerKind, quantisable, trained } from "./layer-kind.ts";

/**
 * EinsumDense: einsum(equation, x, kernel) + bias on the axes `bias_axes`. Without an ellipsis in front the letters are the axes.
 * Source: keras/src/layers/core/einsum_dense.py
 */
export const einsumDense: LayerKind = {
  classes: ["EinsumDense"],
  about: "Einsum, Add",
  slots: (layer) => [quantisable("kernel", scaleAxes(layer)), ...(hasBias(layer) ? trained("bias") : [])],
  refuse: (layer) => {
    const equation = layer.config.text("equation", "");
    if (!/^(?:\.\.\.)?[a-zA-Z]+(?:\.\.\.)?,[a-zA-Z]+->(?:\.\.\.)?[a-zA-Z]+(?:\.\.\.)?$/.test(equation))
      return refusal("EINSUM_EQUATION", { equation });
    return refuseActivation(layer) ?? refuseQuantised(layer.config);
  },
  convert: (call) => {
    const { b, config } = call;
    const equation = config.text("equation", "");
    const product = b.op("Einsum", [call.input(), b.constant(call.weight("kernel"), "kernel")], { equation });
    if (!call.has("bias")) return activate(b, product, config);
    const result = equation.split("->")[1] ?? "";
    const bias = call.weight("bias");
    // Keras keeps the sizes from the first axis of the bias on, with ones between; a result that ends in an ellipsis has them as well.
    const rank = b.rank(product);
    const ahead = result.endsWith("...") ? rank - result.replaceAll("...", "").length : 0;
    const shaped =
      ahead > 0 && bias.dims.length < rank ? reshapeTensor(bias, [...bias.dims, ...Array.from({ length: ahead }, () => 1)]) : bias;
    return activate(b, b.op("Add", [product, b.constant(shaped, "bias")]), config);
  },
};

/** Axes of the kernel that the result keeps, in the result's order. */
function scaleAxes({ config }: KerasLayer): number[] {
  const [, kernel = "", result = ""] = config.text("equation", "").split(/,|->/);
  return result
    .split("")
    .map((letter) => kernel.indexOf(letter))
    .filter((axis) => axis >= 0);
}

function hasBias({ config }: KerasLayer): boolean {
  return config.raw("bias_axes") !== null;
}

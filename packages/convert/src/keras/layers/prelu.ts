import { type LayerKind, trained } from "./layer-kind.ts";

/**
 * PReLU: alpha · x below zero; alpha has the shape of a sample, with 1 on `shared_axes`.
 * Source: keras/src/layers/activations/prelu.py
 */
export const prelu: LayerKind = {
  classes: ["PReLU"],
  about: "PRelu",
  slots: () => trained("alpha"),
  passesMask: true,
  convert: (call) => {
    const { b } = call;
    const x = call.input();
    const alpha = call.weight("alpha");
    const shape = b.shape(x).slice(1);
    const fits = alpha.dims.length === shape.length && alpha.dims.every((dim, axis) => dim === 1 || dim === shape[axis]);
    if (!fits) call.fail(`has an alpha of [${alpha.dims.join(", ")}] for samples of [${shape.map((dim) => dim ?? "?").join(", ")}]`);
    return b.op("PRelu", [x, b.constant(alpha, "alpha")]);
  },
};

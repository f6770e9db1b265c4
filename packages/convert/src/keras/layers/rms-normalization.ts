import { type LayerKind, trained } from "./layer-kind.ts";
import { refusal } from "../../reasons.ts";

/**
 * RMSNormalization (Keras 3): scale · x / √(mean(x²) + epsilon) along `axis`.
 * Source: keras/src/layers/normalization/rms_normalization.py
 */
export const rmsNormalization: LayerKind = {
  classes: ["RMSNormalization"],
  about: "Mul, ReduceMean, Sqrt, Div",
  slots: () => trained("scale"),
  refuse: ({ config }) => (config.axes("axis", -1).join() === "-1" ? null : refusal("NOT_LAST_AXIS")),
  passesMask: true,
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const mean = b.op("ReduceMean", [b.op("Mul", [x, x])], { axes: [-1n], keepdims: 1n });
    const length = b.op("Sqrt", [b.op("Add", [mean, b.floats(config.number("epsilon", 1e-6))])]);
    const scale = call.weight("scale", [call.size(x, -1)]);
    return b.op("Mul", [b.op("Div", [x, length]), b.constant(scale, "scale")]);
  },
};

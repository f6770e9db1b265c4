import type { LayerKind } from "./layer-kind.ts";

/**
 * UnitNormalization: x / |x| along `axis`. A length is at least 1e-6 in Keras 2 and 1e-12 in Keras 3, so that zeros stay zeros.
 * Source: keras/src/layers/normalization/unit_normalization.py
 */
export const unitNormalization: LayerKind = {
  classes: ["UnitNormalization"],
  about: "ReduceL2, Max, Div",
  passesMask: true,
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const axes = config.axes("axis", -1).map((axis) => BigInt(call.axis(axis, b.rank(x))));
    const length = b.op("ReduceL2", [x], { axes, keepdims: 1n });
    return b.op("Div", [x, b.op("Max", [length, b.floats(config.keras === 3 ? 1e-12 : 1e-6)])]);
  },
};

import type { LayerKind } from "./layer-kind.ts";

/** x where it is above theta, else 0. Source: keras/src/layers/activation/thresholded_relu.py (Keras 2) */
export const thresholdedRelu: LayerKind = {
  classes: ["ThresholdedReLU"],
  about: "ThresholdedRelu",
  passesMask: true,
  convert: (call) => call.b.op("ThresholdedRelu", [call.input()], { alpha: call.config.number("theta", 1) }),
};

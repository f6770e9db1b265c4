import { activate, refuseActivation } from "../emit/activation.ts";
import { eluOf, leakyReluOf, reluOf, softmaxOf } from "../emit/activation-layers.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Activation: a function by name, on values of any shape. Source: keras/src/layers/activations/activation.py */
export const activation: LayerKind = {
  classes: ["Activation"],
  about: "The function's own operator",
  refuse: (layer) => refuseActivation(layer),
  passesMask: true,
  convert: (call) => activate(call.b, call.input(), call.config),
};

/** ReLU with max_value, negative_slope and threshold. */
export const relu: LayerKind = {
  classes: ["ReLU"],
  about: "Relu, Clip or LeakyRelu; Where with a threshold",
  passesMask: true,
  convert: (call) => reluOf(call.b, call.input(), call.config),
};

export const leakyRelu: LayerKind = {
  classes: ["LeakyReLU"],
  about: "LeakyRelu",
  passesMask: true,
  convert: (call) => leakyReluOf(call.b, call.input(), call.config),
};

export const elu: LayerKind = {
  classes: ["ELU"],
  about: "Elu",
  passesMask: true,
  convert: (call) => eluOf(call.b, call.input(), call.config),
};

/** x where it is above theta, else 0. Source: keras/src/layers/activation/thresholded_relu.py (Keras 2) */
export const thresholdedRelu: LayerKind = {
  classes: ["ThresholdedReLU"],
  about: "ThresholdedRelu",
  passesMask: true,
  convert: (call) => call.b.op("ThresholdedRelu", [call.input()], { alpha: call.config.number("theta", 1) }),
};

/** Softmax along an axis or several; with a mask argument the rest gets −1e9 first. Source: keras/src/layers/activations/softmax.py */
export const softmax: LayerKind = {
  classes: ["Softmax"],
  about: "Softmax, along one axis or several",
  passesMask: true,
  convert: (call) => {
    const { b } = call;
    const [mask] = call.tensors(1, "mask");
    const x = call.input();
    if (mask === undefined) return softmaxOf(b, x, call.config);
    return softmaxOf(b, b.op("Where", [b.op("Cast", [mask], { to: 9n }), x, b.op("Add", [x, b.floats(-1e9)])]), call.config);
  },
};

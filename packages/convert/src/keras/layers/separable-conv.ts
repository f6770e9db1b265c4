import { activate, refuseActivation } from "../emit/activation.ts";
import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import { spatialRank } from "../emit/window.ts";
import { toOnnxKernel } from "./conv.ts";
import { depthwise } from "./depthwise-conv.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";

/**
 * SeparableConv1D and SeparableConv2D: a depthwise convolution without bias, then one of size 1 that mixes the channels.
 * Kernels [...sizes, channels, multiplier] and [...1, channels · multiplier, filters]; padding, strides and dilation belong to the first.
 * Source: keras/src/layers/convolutional/base_separable_conv.py
 */
export const separableConv: LayerKind = {
  classes: ["SeparableConv1D", "SeparableConv2D"],
  about: "Two Convs: one per channel, one of size 1",
  slots: kernelAndBias("depthwise_kernel", "pointwise_kernel"),
  refuse: (layer) => refuseActivation(layer),
  convert: (call) => {
    const { b, config } = call;
    const filters = config.int("filters");
    const ones = Array.from({ length: spatialRank(call.layer.className) }, () => 1);
    const y = onChannelsFirst(b, call.input(), dataFormat(config), (x) => {
      const middle = depthwise(call, x, false);
      const kernel = toOnnxKernel(call.weight("pointwise_kernel", [...ones, call.size(middle, 1), filters]));
      const bias = call.has("bias") ? [b.constant(call.weight("bias", [filters]), "bias")] : [];
      return b.op("Conv", [middle, b.constant(kernel, "pointwise"), ...bias], { kernel_shape: ones.map(BigInt) });
    });
    return activate(b, y, config);
  },
};

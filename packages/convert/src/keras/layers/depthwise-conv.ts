import type { Tensor } from "@flotilla/onnx";
import { activate, refuseActivation } from "../emit/activation.ts";
import { dataFormat, onChannelsFirst, range } from "../emit/axes.ts";
import { permute, reshapeTensor } from "../emit/permute.ts";
import { spatialRank } from "../emit/window.ts";
import { windowOf } from "./conv.ts";
import type { LayerCall } from "./layer-call.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";

/**
 * DepthwiseConv1D and DepthwiseConv2D: each channel alone, `depth_multiplier` results each.
 * Kernel [...sizes, channels, multiplier] → ONNX [channels · multiplier, 1, ...sizes] with group = channels; results of a channel stand together.
 * Source: keras/src/layers/convolutional/base_depthwise_conv.py
 */
export const depthwiseConv: LayerKind = {
  classes: ["DepthwiseConv1D", "DepthwiseConv2D"],
  about: "Conv with a group per channel",
  // Keras 2 called it depthwise_kernel, Keras 3 kernel: a file's order decides, not the name.
  slots: kernelAndBias("depthwise_kernel"),
  refuse: (layer) => refuseActivation(layer),
  convert: (call) => {
    const { b, config } = call;
    const y = onChannelsFirst(b, call.input(), dataFormat(config), (x) => depthwise(call, x, call.has("bias")));
    return activate(b, y, config);
  },
};

/** The depthwise half: `x` has channels first. */
export function depthwise(call: LayerCall, x: string, withBias: boolean): string {
  const { b, config } = call;
  const rank = spatialRank(call.layer.className);
  const channels = call.size(x, 1);
  // The kernel says how many results a channel has: TensorFlow.js leaves depth_multiplier out of its files.
  const kernel = call.weight("depthwise_kernel", [...config.sizes("kernel_size", rank), channels, null]);
  const multiplier = kernel.dims[rank + 1] ?? 1;
  const bias = withBias ? [b.constant(call.weight("bias", [channels * multiplier]), "bias")] : [];
  return b.op("Conv", [x, b.constant(toOnnxDepthwise(kernel), "kernel"), ...bias], {
    ...windowOf(call, rank, b.shape(x).slice(2)),
    group: BigInt(channels),
  });
}

function toOnnxDepthwise(kernel: Tensor): Tensor {
  const rank = kernel.dims.length - 2;
  const turned = permute(kernel, [rank, rank + 1, ...range(0, rank)]);
  const [channels = 1, multiplier = 1, ...sizes] = turned.dims;
  return reshapeTensor(turned, [channels * multiplier, 1, ...sizes]);
}

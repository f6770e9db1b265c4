import type { Tensor } from "@flotilla/onnx";
import { activate, refuseActivation } from "../emit/activation.ts";
import { dataFormat, onChannelsFirst, range } from "../emit/axes.ts";
import { permute } from "../emit/permute.ts";
import { spatialRank, type Padding, windowAttributes } from "../emit/window.ts";
import type { LayerCall } from "./layer-call.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";

/**
 * Conv1D, Conv2D, Conv3D, with groups, dilation and causal padding.
 * Kernel [...sizes, inputs / groups, filters] → ONNX [filters, inputs / groups, ...sizes]; bias [filters]; float32.
 * Channels last is wrapped in transposes. SAME pads the odd one behind.
 * Source: keras/src/layers/convolutional/base_conv.py
 */
export const conv: LayerKind = {
  classes: ["Conv1D", "Conv2D", "Conv3D"],
  about: "Conv. Padding valid, same, causal; groups, dilation, strides",
  slots: kernelAndBias("kernel"),
  refuse: (layer) => refuseActivation(layer),
  convert: (call) => {
    const { b, config } = call;
    const rank = spatialRank(call.layer.className);
    const groups = config.int("groups", 1);
    const format = dataFormat(config);
    const kernel = call.weight("kernel", [...config.sizes("kernel_size", rank), null, config.int("filters")]);
    const bias = call.has("bias") ? b.constant(call.weight("bias", [config.int("filters")]), "bias") : null;
    const y = onChannelsFirst(b, call.input(), format, (x) => {
      const inputs = call.size(x, 1);
      if (inputs !== groups * (kernel.dims[rank] ?? 0))
        call.fail(`has a kernel for ${kernel.dims[rank] ?? 0} × ${groups} channels and an input of ${inputs}`);
      return b.op("Conv", [x, b.constant(toOnnxKernel(kernel), "kernel"), ...(bias === null ? [] : [bias])], {
        ...windowOf(call, rank, b.shape(x).slice(2)),
        ...(groups === 1 ? {} : { group: BigInt(groups) }),
      });
    });
    return activate(b, y, config);
  },
};

/** Window of a convolution layer over spatial sizes. */
export function windowOf(
  call: LayerCall,
  rank: number,
  spatial: Parameters<typeof windowAttributes>[2],
): ReturnType<typeof windowAttributes> {
  const { config } = call;
  const window = {
    sizes: config.sizes("kernel_size", rank),
    strides: config.sizes("strides", rank, 1),
    dilations: config.sizes("dilation_rate", rank, 1),
  };
  return windowAttributes(window, paddingOf(call), spatial);
}

/** `causal` looks only back in time, which only one spatial axis can have. */
function paddingOf({ config }: LayerCall): Padding {
  return config.choice("padding", ["valid", "same", "causal"], "valid");
}

/** [...sizes, in, out] → [out, in, ...sizes] */
export function toOnnxKernel(kernel: Tensor): Tensor {
  const rank = kernel.dims.length - 2;
  return permute(kernel, [rank + 1, rank, ...range(0, rank)]);
}

import { activate, refuseActivation } from "../emit/activation.ts";
import { dataFormat, onChannelsFirst, range } from "../emit/axes.ts";
import { permute } from "../emit/permute.ts";
import { spatialRank } from "../emit/window.ts";
import type { LayerCall } from "./layer-call.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";

/**
 * Conv1DTranspose, Conv2DTranspose, Conv3DTranspose.
 * Kernel [...sizes, filters, inputs] → ONNX [inputs, filters, ...sizes]. The output has size · stride places for SAME, and
 * size · stride + max(kernel − stride, 0) for valid padding, unless output_padding says otherwise; what SAME cuts off, it cuts off behind first.
 * Source: keras/src/backend/common/backend_utils.py, compute_conv_transpose_output_shape; tf.nn.conv_transpose
 */
export const convTranspose: LayerKind = {
  classes: ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"],
  about: "ConvTranspose. Padding valid and same, output_padding, dilation",
  slots: kernelAndBias("kernel"),
  refuse: (layer) => refuseActivation(layer),
  convert: (call) => {
    const { b, config } = call;
    const rank = spatialRank(call.layer.className);
    const filters = config.int("filters");
    const y = onChannelsFirst(b, call.input(), dataFormat(config), (x) => {
      const kernel = call.weight("kernel", [...config.sizes("kernel_size", rank), filters, call.size(x, 1)]);
      const bias = call.has("bias") ? [b.constant(call.weight("bias", [filters]), "bias")] : [];
      const turned = permute(kernel, [rank + 1, rank, ...range(0, rank)]);
      return b.op("ConvTranspose", [x, b.constant(turned, "kernel"), ...bias], windowOfTranspose(call, rank));
    });
    return activate(b, y, config);
  },
};

function windowOfTranspose({ config }: LayerCall, rank: number): Record<string, bigint[]> {
  const sizes = config.sizes("kernel_size", rank);
  const strides = config.sizes("strides", rank, 1);
  const dilations = config.sizes("dilation_rate", rank, 1);
  const same = config.choice("padding", ["valid", "same"], "valid") === "same";
  const given = config.raw("output_padding") === null ? null : config.sizes("output_padding", rank, undefined, 0);
  const axes = range(0, rank).map((axis) => cutOf(sizes[axis] ?? 1, strides[axis] ?? 1, dilations[axis] ?? 1, same, given?.[axis] ?? null));
  return {
    kernel_shape: sizes.map(BigInt),
    strides: strides.map(BigInt),
    dilations: dilations.map(BigInt),
    pads: [...axes.map(({ before }) => BigInt(before)), ...axes.map(({ after }) => BigInt(Math.max(0, after)))],
    output_padding: axes.map(({ after }) => BigInt(Math.max(0, -after))),
  };
}

/** How much of the full result (size − 1) · stride + reach is cut off on each side; less than nothing is put on. */
function cutOf(
  size: number,
  stride: number,
  dilation: number,
  same: boolean,
  outputPadding: number | null,
): { before: number; after: number } {
  const reach = (size - 1) * dilation + 1;
  // The wanted length, less size · stride.
  const extra =
    outputPadding === null
      ? same
        ? 0
        : Math.max(reach - stride, 0)
      : reach - stride - 2 * (same ? Math.floor(reach / 2) : 0) + outputPadding;
  const cut = reach - stride - extra;
  const before = same ? Math.floor(Math.max(0, cut) / 2) : 0;
  return { before, after: cut - before };
}

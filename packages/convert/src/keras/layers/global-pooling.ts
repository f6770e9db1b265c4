import { dataFormat, toChannelsFirst, toChannelsLast } from "../emit/axes.ts";
import { toFloat, type LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";

/**
 * Global max and average pooling in 1 to 3 dimensions: one number per channel, [n, c], or with `keepdims` at the place of one pixel.
 * The average of one dimension counts only steps that the mask lets through.
 * Source: keras/src/layers/pooling/base_global_pooling.py, global_average_pooling1d.py
 */
export const globalPooling: LayerKind = {
  classes: [
    ...["GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D"],
    ...["GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"],
    ...["GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D"],
  ],
  about: "GlobalMaxPool, GlobalAveragePool",
  convert: (call) => {
    const { b, config, layer } = call;
    const x = call.input();
    const average = layer.className.startsWith("GlobalAv");
    const mask = average && layer.className.endsWith("1D") ? call.inputMask() : null;
    if (mask !== null) return maskedAverage(call, x, mask);
    const first = dataFormat(config) === "channels_first";
    const pooled = b.op(average ? "GlobalAveragePool" : "GlobalMaxPool", [first ? x : toChannelsFirst(b, x)]);
    if (config.bool("keepdims", false)) return first ? pooled : toChannelsLast(b, pooled);
    return b.op("Flatten", [pooled], { axis: 1n });
  },
};

function maskedAverage({ b, config }: LayerCall, x: string, mask: string): string {
  const steps = dataFormat(config) === "channels_first" ? 2 : 1;
  const weights = b.op("Unsqueeze", [toFloat(b, mask), b.ints([steps === 1 ? 2 : 1])]);
  const keep = config.bool("keepdims", false) ? 1n : 0n;
  const sum = b.op("ReduceSum", [b.op("Mul", [x, weights]), b.ints([steps])], { keepdims: keep });
  return b.op("Div", [sum, b.op("ReduceSum", [weights, b.ints([steps])], { keepdims: keep })]);
}

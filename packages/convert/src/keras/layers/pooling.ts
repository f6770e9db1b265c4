import { dataFormat, onChannelsFirst } from "../emit/axes.ts";
import { spatialRank, windowAttributes } from "../emit/window.ts";
import type { LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";

/**
 * MaxPooling and AveragePooling in 1 to 3 dimensions; strides default to the pool size. The places that SAME adds count for nothing: they are no
 * maximum, and no average has them in its denominator.
 * Source: keras/src/layers/pooling/base_pooling.py
 */
export const pooling: LayerKind = {
  classes: [
    ...["MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "MaxPool1D", "MaxPool2D", "MaxPool3D"],
    ...["AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "AvgPool1D", "AvgPool2D", "AvgPool3D"],
  ],
  about: "MaxPool, AveragePool",
  convert: (call) => {
    const { b, config, layer } = call;
    const average = layer.className.startsWith("Av");
    return onChannelsFirst(b, call.input(), dataFormat(config), (x) =>
      average ? b.op("AveragePool", [x], { ...attributes(call, x), count_include_pad: 0n }) : b.op("MaxPool", [x], attributes(call, x)),
    );
  },
};

function attributes({ b, config, layer }: LayerCall, x: string): ReturnType<typeof windowAttributes> {
  const rank = spatialRank(layer.className);
  const sizes = config.sizes("pool_size", rank, 2);
  const strides = config.raw("strides") === null ? sizes : config.sizes("strides", rank);
  const window = { sizes, strides, dilations: sizes.map(() => 1) };
  return windowAttributes(window, config.choice("padding", ["valid", "same"], "valid"), b.shape(x).slice(2));
}

import { dataFormat } from "../emit/axes.ts";
import { edgesOf } from "../emit/spatial-edges.ts";
import type { LayerKind } from "./layer-kind.ts";

/** ZeroPadding in 1 to 3 dimensions; the clean-up puts it into a convolution behind it. Source: keras/src/layers/reshaping/zero_padding2d.py */
export const zeroPadding: LayerKind = {
  classes: ["ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"],
  about: "Pad",
  convert: (call) => {
    const { b, config } = call;
    const edges = edgesOf(call, "padding");
    const x = call.input();
    const first = dataFormat(config) === "channels_first";
    const spread = (side: 0 | 1): number[] => {
      const sizes = edges.map((pair) => pair[side]);
      return first ? [0, 0, ...sizes] : [0, ...sizes, 0];
    };
    return b.op("Pad", [x, b.ints([...spread(0), ...spread(1)])], { mode: "constant" });
  },
};

import { dataFormat, onChannelsFirst, range } from "../emit/axes.ts";
import { edgesOf } from "../emit/spatial-edges.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Cropping in 1 to 3 dimensions. Source: keras/src/layers/reshaping/cropping2d.py */
export const cropping: LayerKind = {
  classes: ["Cropping1D", "Cropping2D", "Cropping3D"],
  about: "Slice",
  convert: (call) => {
    const { b, config } = call;
    const edges = edgesOf(call, "cropping");
    return onChannelsFirst(b, call.rawInput(), dataFormat(config), (x) => {
      const ends = edges.map(([, after]) => (after === 0 ? Number.MAX_SAFE_INTEGER : -after));
      const axes = range(2, 2 + edges.length);
      return b.op("Slice", [x, b.ints(edges.map(([before]) => before)), b.ints(ends), b.ints(axes)]);
    });
  },
};

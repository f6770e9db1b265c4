import { dataFormat, onChannelsFirst, range } from "../emit/axes.ts";
import { spatialRank } from "../emit/window.ts";
import type { LayerCall } from "./layer-call.ts";
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

/** One number for all sides, one per axis, or a pair per axis. */
function edgesOf(call: LayerCall, name: string): (readonly [number, number])[] {
  const rank = spatialRank(call.layer.className);
  const value = call.config.raw(name) ?? 1;
  const list: unknown[] = Array.isArray(value) ? value : Array.from({ length: rank }, () => value);
  const flat = rank === 1 && list.length === 2 ? [list] : list;
  const pairs = flat.map((item) => (Array.isArray(item) ? item.map(Number) : [Number(item), Number(item)]));
  const right =
    pairs.length === rank && pairs.every((pair) => pair.length === 2 && pair.every((size) => Number.isSafeInteger(size) && size >= 0));
  if (!right) call.fail(`has ${name} = ${JSON.stringify(value)?.slice(0, 60)}`);
  return pairs.map(([before = 0, after = 0]) => [before, after]);
}

import { range, transpose } from "../emit/axes.ts";
import { mergeAxes } from "../emit/reshape.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Flatten to [n, all]; channels first is brought to channels last before, so that the order of elements is the trained one. Source: keras/src/layers/reshaping/flatten.py */
export const flatten: LayerKind = {
  classes: ["Flatten"],
  about: "Reshape",
  convert: (call) => {
    const { b, config } = call;
    const x = call.rawInput();
    const rank = b.rank(x);
    if (rank === 1) return b.op("Unsqueeze", [x, b.ints([1])]);
    const turned = config.raw("data_format") === "channels_first" && rank > 2 ? transpose(b, x, [0, ...range(2, rank), 1]) : x;
    return mergeAxes(b, turned, 1, rank);
  },
};

import { range, transpose } from "../emit/axes.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Permute of the axes of a sample, counted from 1. Source: keras/src/layers/reshaping/permute.py */
export const permuteLayer: LayerKind = {
  classes: ["Permute"],
  about: "Transpose",
  convert: (call) => {
    const x = call.rawInput();
    const dims = call.config.numbers("dims");
    if (dims.toSorted((left, right) => left - right).join() !== range(1, call.b.rank(x)).join())
      call.fail(`cannot order ${call.b.rank(x) - 1} axes as [${dims.join(", ")}]`);
    return transpose(call.b, x, [0, ...dims]);
  },
};

import { transpose, range } from "../emit/axes.ts";
import { mergeAxes, reshape } from "../emit/reshape.ts";
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

/** Reshape of a sample; one size may be −1. Source: keras/src/layers/reshaping/reshape.py */
export const reshapeLayer: LayerKind = {
  classes: ["Reshape"],
  about: "Reshape",
  convert: (call) => {
    const { b, config } = call;
    const x = call.rawInput();
    const shape = b.shape(x);
    const target = config.numbers("target_shape").map((size) => (size < 0 ? null : size));
    if (target.filter((size) => size === null).length > 1) call.fail("has more than one unknown size in target_shape");
    const known = shape.slice(1).every((dim) => typeof dim === "number")
      ? shape.slice(1).reduce<number>((total, dim) => total * Number(dim), 1)
      : null;
    const rest = target.reduce<number>((total, size) => total * (size ?? 1), 1);
    if (known !== null && (rest === 0 || known % rest !== 0 || (!target.includes(null) && known !== rest)))
      call.fail(`cannot give ${known} numbers the shape [${target.map((size) => size ?? -1).join(", ")}]`);
    const sizes = target.map((size) => size ?? (known === null ? null : known / rest));
    return reshape(b, x, [shape[0] ?? null, ...sizes]);
  },
};

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

/** RepeatVector: [n, c] → [n, times, c]. Source: keras/src/layers/reshaping/repeat_vector.py */
export const repeatVector: LayerKind = {
  classes: ["RepeatVector"],
  about: "Unsqueeze, Tile",
  convert: (call) => {
    const { b, config } = call;
    const row = b.op("Unsqueeze", [call.rawInput(), b.ints([1])]);
    return b.op("Tile", [row, b.ints([1, config.int("n"), 1])]);
  },
};

import { reshape } from "../emit/reshape.ts";
import type { LayerKind } from "./layer-kind.ts";

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

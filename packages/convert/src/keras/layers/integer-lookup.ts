import { refusal } from "../../reasons.ts";
import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import { encodeCategories, ENCODINGS } from "../emit/encode-categories.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";
import type { LayerKind } from "./layer-kind.ts";

/**
 * IntegerLookup: the place of a number in `vocabulary`, int64 or encoded. In front of it stand a place for `mask_token` (only as whole numbers) and
 * `num_oov_indices` for numbers that it does not have, of which the remainder chooses one.
 * Source: keras/src/layers/preprocessing/index_lookup.py
 */
export const integerLookup: LayerKind = {
  classes: ["IntegerLookup"],
  about: "Equal, Mul, ReduceSum, Where. Not inverted, nor with idf weights or a vocabulary outside the config",
  refuse: ({ config }) => {
    if (!Array.isArray(config.raw("vocabulary"))) return refusal("VOCABULARY_OUTSIDE");
    if (config.bool("invert", false)) return refusal("SETTING", { setting: "invert=True" });
    if (config.bool("sparse", false)) return refusal("SETTING", { setting: "sparse=True" });
    const mode = config.text("output_mode", "int");
    if (mode === "tf_idf") return refusal("SETTING", { setting: "output_mode=tf_idf" });
    if (mode !== "int" && config.raw("mask_token") !== null) return refusal("SETTING", { setting: `mask_token with output_mode=${mode}` });
    if (config.int("num_oov_indices", 1) === 0) return refusal("SETTING", { setting: "num_oov_indices=0" });
    return config.text("oov_method", "floormod") === "floormod" && config.raw("salt") === null
      ? null
      : refusal("SETTING", { setting: "oov_method=farmhash" });
  },
  convert: (call) => {
    const { b, config, layer } = call;
    const mask = config.raw("mask_token") === null ? null : config.int("mask_token");
    const oov = config.int("num_oov_indices", 1);
    const start = oov + (mask === null ? 0 : 1);
    const tokens = tokensOf(layer, mask, oov);
    const long = (values: number | readonly number[]): string =>
      typeof values === "number" ? b.int(values) : b.constant(tensorFromNumbers(DataType.INT64, [values.length], values), "tokens");
    const x = b.op("Cast", [call.rawInput()], { to: BigInt(DataType.INT64) });
    const same = b.op("Equal", [b.op("Unsqueeze", [x, b.ints([b.rank(x)])]), long(tokens)]);
    const places = b.op("Mul", [b.op("Cast", [same], { to: BigInt(DataType.INT64) }), long(tokens.map((_, index) => index + start))]);
    const found = b.op("ReduceSum", [places, b.ints([-1])], { keepdims: 0n });
    const remainder = oov === 1 ? long(start - 1) : b.op("Add", [b.op("Mod", [x, long(oov)]), long(start - oov)]);
    const placed = b.op("Where", [b.op("Equal", [found, long(0)]), remainder, found]);
    const result = mask === null ? placed : b.op("Where", [b.op("Equal", [x, long(mask)]), long(0), placed]);
    const mode = config.text("output_mode", "int");
    if (mode === "int") return result;
    const encoding = ENCODINGS.find((name) => name === mode) ?? call.fail(`has the output_mode ${mode}`);
    const depth = config.bool("pad_to_max_tokens", false) ? config.int("max_tokens") : start + tokens.length;
    return encodeCategories(b, result, encoding, depth);
  },
};

/** The vocabulary may start with the tokens that the layer puts there itself. */
function tokensOf({ config }: KerasLayer, mask: number | null, oov: number): number[] {
  const given = config.numbers("vocabulary");
  const special = [...(mask === null ? [] : [mask]), ...Array.from({ length: oov }, () => config.number("oov_token", -1))];
  return special.every((token, index) => given[index] === token) ? given.slice(special.length) : given;
}

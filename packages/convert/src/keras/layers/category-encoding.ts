import { refusal } from "../../reasons.ts";
import { encodeCategories, ENCODINGS } from "../emit/encode-categories.ts";
import type { LayerKind } from "./layer-kind.ts";

/** CategoryEncoding: whole numbers as one_hot, multi_hot or counts of `num_tokens` classes. Source: keras/src/layers/preprocessing/category_encoding.py */
export const categoryEncoding: LayerKind = {
  classes: ["CategoryEncoding"],
  about: "Equal, Cast, ReduceSum or ReduceMax",
  refuse: ({ config }) => (config.bool("sparse", false) ? refusal("SETTING", { setting: "sparse=True" }) : null),
  convert: (call) => {
    if (call.tensors(1, "count_weights").length > 0) call.refuse("count_weights");
    const mode = call.config.text("output_mode", "multi_hot");
    const encoding =
      ENCODINGS.find((name) => name === (mode === "binary" ? "multi_hot" : mode)) ?? call.fail(`has the output_mode ${mode}`);
    return encodeCategories(call.b, call.rawInput(), encoding, call.config.int("num_tokens"));
  },
};

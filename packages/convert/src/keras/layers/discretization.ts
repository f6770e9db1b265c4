import { refusal } from "../../reasons.ts";
import { DataType } from "@flotilla/onnx";
import { encodeCategories, ENCODINGS } from "../emit/encode-categories.ts";
import type { LayerKind } from "./layer-kind.ts";

/** Discretization: how many of `bin_boundaries` are at most x, int32 or encoded. Source: keras/src/layers/preprocessing/discretization.py */
export const discretization: LayerKind = {
  classes: ["Discretization"],
  about: "GreaterOrEqual, Cast, ReduceSum",
  refuse: ({ config }) => {
    if (config.raw("bin_boundaries") === null) return refusal("NO_BOUNDARIES");
    return config.bool("sparse", false) ? refusal("SETTING", { setting: "sparse=True" }) : null;
  },
  convert: (call) => {
    const { b, config } = call;
    const boundaries = config.numbers("bin_boundaries");
    const x = call.input();
    const passed = b.op("GreaterOrEqual", [b.op("Unsqueeze", [x, b.ints([b.rank(x)])]), b.floats(boundaries)]);
    const bin = b.op("ReduceSum", [b.op("Cast", [passed], { to: BigInt(DataType.INT32) }), b.ints([-1])], { keepdims: 0n });
    const mode = config.text("output_mode", "int");
    if (mode === "int") return bin;
    const encoding = ENCODINGS.find((name) => name === mode) ?? call.fail(`has the output_mode ${mode}`);
    return encodeCategories(b, bin, encoding, boundaries.length + 1);
  },
};

import type { LayerKind } from "./layer-kind.ts";
import { mergeInputs } from "./merge.ts";

/** Concatenate along `axis`, counted with the batch. Source: keras/src/layers/merging/concatenate.py */
export const concatenate: LayerKind = {
  classes: ["Concatenate"],
  about: "Concat",
  passesMask: true,
  convert: (call) => {
    const { b, config } = call;
    const inputs = mergeInputs(call);
    const rank = b.rank(inputs[0] ?? "");
    if (inputs.some((input) => b.rank(input) !== rank)) call.fail("joins inputs of different numbers of axes");
    return b.op("Concat", inputs, { axis: BigInt(call.axis(config.int("axis", -1), rank)) });
  },
};

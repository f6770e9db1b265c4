import { DataType, type GraphBuilder, tensorFromNumbers } from "@flotilla/onnx";
import type { LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";
import { mergedInputs, mergeInputs, mergeMasks } from "./merge.ts";

/**
 * Concatenate along `axis`, counted with the batch. Masks are joined along the steps; along the features they meet as those of Add do, one input
 * without a mask counting always.
 * Source: keras/src/layers/merging/concatenate.py, compute_mask
 */
export const concatenate: LayerKind = {
  classes: ["Concatenate"],
  about: "Concat",
  convert: (call) => {
    const { b, config } = call;
    const inputs = mergeInputs(call);
    const rank = b.rank(inputs[0] ?? "");
    if (inputs.some((input) => b.rank(input) !== rank)) call.fail("joins inputs of different numbers of axes");
    const axis = call.axis(config.int("axis", -1), rank);
    const y = b.op("Concat", inputs, { axis: BigInt(axis) });
    const mask = rank < 3 ? null : axis === 1 ? joinedMasks(call) : axis === rank - 1 ? mergeMasks(call) : null;
    if (mask !== null) call.context.masks.set(y, mask);
    return y;
  },
};

/** Masks one behind the other, true where an input has none; null where none has. */
function joinedMasks(call: LayerCall): string | null {
  const { b } = call;
  const inputs = mergedInputs(call);
  const masks = inputs.map((input) => call.mask(input));
  if (masks.every((mask) => mask === null)) return null;
  return b.op(
    "Concat",
    masks.map((mask, index) => mask ?? allTrue(b, inputs[index] ?? "")),
    { axis: 1n },
  );
}

/** bool [batch, steps] */
function allTrue(b: GraphBuilder, x: string): string {
  const shape = b.op("Slice", [b.op("Shape", [x]), b.ints([0]), b.ints([2])]);
  return b.op("Expand", [b.constant(tensorFromNumbers(DataType.BOOL, [], [1]), "true"), shape]);
}

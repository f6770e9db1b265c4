import type { Node } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { readMoved } from "../moving.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * Split: SPLIT where all parts are equal, else SPLIT_V.
 *
 * Layout: kept. Dtype: any, int8 in the input's scale.
 * Versions: 1 for float, 2 for int8, SPLIT 3 for int32.
 * Source: tensorflow/lite/kernels/{split,split_v}.cc
 */
export const split: OperatorRule = {
  operators: ["Split"],
  builtins: ["SPLIT", "SPLIT_V"],
  integer: true,
  limits: "",
  emit: (emitter, node) => {
    const { tensor, perm, quant } = readMoved(emitter, node.inputs[0] ?? "");
    const axis = node.int("axis", 0);
    const place = perm.indexOf(axis < 0 ? axis + perm.length : axis);
    const outputs = node.outputs.map((output) => emitter.define(output, perm, quant));
    const sizes = outputs.map((output) => emitter.describe(output).shape[place] ?? 0);
    const axisTensor = emitter.integers([place], "axis", []);
    const numSplits = outputs.length;
    if (sizes.every((size) => size === sizes[0]))
      emitter.add("SPLIT", [axisTensor, tensor], outputs, { type: "SplitOptions", value: { numSplits } });
    else
      emitter.add("SPLIT_V", [tensor, emitter.integers(sizes, "sizes"), axisTensor], outputs, {
        type: "SplitVOptions",
        value: { numSplits },
      });
  },
  refuse: (emitter, node) => (hasAllShapes(emitter, node) ? null : "the sizes of its parts are calculated."),
};

function hasAllShapes(emitter: Emitter, node: Node): boolean {
  return node.outputs.every((output) => output !== "" && emitter.shapeOf(output).length > 0);
}

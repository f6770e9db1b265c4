import { identity, permBehindTranspose } from "../layout.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * Transpose: nothing is written. The value is the same tensor in another layout; only a reader that needs a layout of its own moves data.
 *
 * Layout: any. Dtype: any.
 * Source: layout.ts; TRANSPOSE itself: tensorflow/lite/kernels/transpose.cc (six axes at most)
 */
export const transpose: OperatorRule = {
  operators: ["Transpose"],
  builtins: ["TRANSPOSE", "RESHAPE"],
  integer: true,
  limits: "Six axes at most.",
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const held = emitter.held(input);
    const turn = node.ints("perm") ?? [...identity(held.perm.length)].reverse();
    emitter.hold(node.outputs[0] ?? "", { ...held, perm: permBehindTranspose(held.perm, turn) });
  },
};

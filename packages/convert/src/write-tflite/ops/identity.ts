import type { OperatorRule } from "../rule.ts";

/** Identity, and Dropout outside training: nothing is written, the value is the same tensor. */
export const identityRule: OperatorRule = {
  operators: ["Identity", "Dropout"],
  builtins: [],
  integer: true,
  limits: "The mask of a Dropout is not written.",
  refuse: (emitter, node) => {
    const mask = node.outputs[1] ?? "";
    return mask !== "" && (emitter.graph.consumersOf(mask).length > 0 || emitter.graph.isOutput(mask)) ? "its mask is read." : null;
  },
  emit: (emitter, node) => emitter.hold(node.outputs[0] ?? "", emitter.held(node.inputs[0] ?? "")),
};

import { toNumbers } from "@flotilla/onnx";
import { noteFloat } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * CumSum: CUMSUM.
 *
 * Layout: any; the axis is looked up in it. Dtype: float and int32. Version: 1.
 * Source: tensorflow/lite/kernels/cumsum.cc
 */
export const cumSum: OperatorRule = {
  operators: ["CumSum"],
  builtins: ["CUMSUM"],
  integer: false,
  limits: "A constant axis.",
  refuse: (emitter, node) => (emitter.graph.constantOf(node.inputs[1] ?? "") === null ? "its axis is calculated." : null),
  emit: (emitter, node) => {
    const [input = "", axisName = ""] = node.inputs;
    const { perm } = emitter.held(input);
    const known = emitter.graph.constantOf(axisName);
    const given = known === null ? 0 : (toNumbers(known)[0] ?? 0);
    const place = perm.indexOf(given < 0 ? given + perm.length : given);
    noteFloat(emitter, node, [input]);
    const target = emitter.define(node.outputs[0] ?? "", perm);
    const value = { exclusive: node.int("exclusive", 0) === 1, reverse: node.int("reverse", 0) === 1 };
    emitter.add("CUMSUM", [emitter.readFloat(input, perm), emitter.integers([place], "axis", [])], [target], {
      type: "CumsumOptions",
      value,
    });
  },
};

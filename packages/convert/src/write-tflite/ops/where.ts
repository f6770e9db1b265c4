import { commonPerm, readBroadcast } from "../broadcast.ts";
import { physicalShape } from "../layout.ts";
import { noteFloat } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import { writeBroadcast } from "./binary.ts";

/**
 * Where: SELECT_V2.
 *
 * Layout: that of most operands. Dtype: float or integers; a quantised operand is dequantised.
 * Version: 1.
 * Source: tensorflow/lite/kernels/select.cc
 */
export const where: OperatorRule = {
  operators: ["Where"],
  builtins: ["SELECT_V2"],
  integer: false,
  limits: "",
  emit: (emitter, node) => {
    const [output = ""] = node.outputs;
    const shape = emitter.shapeOf(output);
    const perm = commonPerm(emitter, node.inputs, shape.length);
    noteFloat(emitter, node, node.inputs);
    const operands = node.inputs.map((input) => readBroadcast(emitter, input, perm, "float"));
    const target = emitter.define(output, perm);
    writeBroadcast(emitter, "SELECT_V2", operands, target, physicalShape(shape, perm), { type: "SelectV2Options", value: {} });
  },
};

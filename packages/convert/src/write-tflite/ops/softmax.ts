import type { Perm } from "../layout.ts";
import { integerResult, noteFloat, UNIT_QUANT } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * Softmax and LogSoftmax.
 *
 * Layout: the kernels work on the last axis in memory, so that is where the operator's axis is put.
 * Dtype: SOFTMAX on int8 writes steps of 1/256 from 0 on, as the specification prescribes; LOG_SOFTMAX is calculated in float.
 * Versions: SOFTMAX 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/activations.cc
 */
export const softmax: OperatorRule = {
  operators: ["Softmax", "LogSoftmax"],
  builtins: ["SOFTMAX", "LOG_SOFTMAX"],
  integer: true,
  limits: "",
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const held = emitter.held(input).perm;
    const given = node.int("axis", -1);
    const axis = given < 0 ? given + held.length : given;
    const perm: Perm = [...held.filter((other) => other !== axis), axis];
    const isLog = node.is("LogSoftmax");
    const quant = isLog ? (noteFloat(emitter, node, [input]), null) : integerResult(emitter, node, [input], output, UNIT_QUANT);
    const data = quant === null ? emitter.readFloat(input, perm) : emitter.read(input, perm);
    const target = emitter.define(output, perm, quant);
    if (isLog) emitter.add("LOG_SOFTMAX", [data], [target], { type: "LogSoftmaxOptions", value: {} });
    else emitter.add("SOFTMAX", [data], [target], { type: "SoftmaxOptions", value: { beta: 1 } });
  },
};

import { readBroadcast } from "../broadcast.ts";
import { integerResult, quantOfNumbers } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";
import { toNumbers } from "@flotilla/onnx";

/**
 * PRelu: PRELU.
 *
 * Layout: that of the data; slopes follow.
 * Dtype: float, or int8 with a scale for the slopes.
 * Version: 1.
 * Source: tensorflow/lite/kernels/activations.cc
 */
export const prelu: OperatorRule = {
  operators: ["PRelu"],
  builtins: ["PRELU"],
  integer: true,
  limits: "Slopes must be constant.",
  refuse: (emitter, node) => (emitter.isConstant(node.inputs[1] ?? "") ? null : "its slopes are calculated."),
  emit: (emitter, node) => {
    const [input = "", slopes = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const { perm } = emitter.held(input);
    const quant = integerResult(emitter, node, [input], output);
    const data = quant === null ? emitter.readFloat(input, perm) : emitter.read(input, perm);
    const constant = emitter.constants.find(slopes);
    const own = constant === null ? "float" : quantOfNumbers(toNumbers(emitter.constants.inFloat(constant).tensor));
    const alpha = readBroadcast(emitter, slopes, perm, quant === null ? "float" : own);
    emitter.add("PRELU", [data, alpha], [emitter.define(output, perm, quant)], null);
  },
};

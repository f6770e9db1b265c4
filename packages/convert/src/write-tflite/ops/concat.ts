import { commonPerm } from "../broadcast.ts";
import { integerResult } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * Concat: CONCATENATION.
 *
 * Layout: that of most operands; constants follow.
 * Dtype: on int8 all operands take the result's scale: an operand with another one gets a QUANTIZE in front.
 * Versions: 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/concatenation.cc
 */
export const concat: OperatorRule = {
  operators: ["Concat"],
  builtins: ["CONCATENATION", "QUANTIZE"],
  integer: true,
  limits: "",
  emit: (emitter, node) => {
    const [output = ""] = node.outputs;
    const inputs = node.inputs.filter((input) => emitter.shapeOf(input).every((dim) => dim > 0));
    const rank = emitter.shapeOf(output).length;
    const axis = node.int("axis", 0);
    const perm = commonPerm(emitter, inputs, rank);
    const onIntegers = emitter.quantOf(inputs[0] ?? "");
    const isInteger =
      emitter.elemTypeOf(output) === emitter.elemTypeOf(inputs[0] ?? "") && onIntegers !== null && emitter.elemTypeOf(output) !== 1;
    const quant = isInteger ? onIntegers : integerResult(emitter, node, inputs, output);
    const operands = inputs.map((input) => (quant === null ? emitter.readFloat(input, perm) : emitter.readAs(input, quant, perm)));
    const place = perm.indexOf(axis < 0 ? axis + rank : axis);
    emitter.add("CONCATENATION", operands, [emitter.define(output, perm, quant)], { type: "ConcatenationOptions", value: { axis: place } });
  },
};

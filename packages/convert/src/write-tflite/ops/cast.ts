import type { OperatorRule } from "../rule.ts";

/**
 * Cast: CAST, or nothing where both types are written as the same one (int64 as int32, float16 and float64 as float32).
 *
 * Layout: kept. Dtype: a quantised value is dequantised first. Floats are truncated towards zero on both sides.
 * Versions: 1; 3 for int8.
 * Source: tensorflow/lite/kernels/cast.cc
 */
export const cast: OperatorRule = {
  operators: ["Cast"],
  builtins: ["CAST"],
  integer: false,
  limits: "",
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const held = emitter.held(input);
    const [inDataType, outDataType] = [emitter.targetType(input), emitter.targetType(output)];
    if (inDataType === outDataType) {
      emitter.hold(output, held);
      return;
    }
    const data = emitter.readFloat(input, held.perm);
    const from = emitter.describe(data).type;
    emitter.add("CAST", [data], [emitter.define(output, held.perm)], { type: "CastOptions", value: { inDataType: from, outDataType } });
  },
};

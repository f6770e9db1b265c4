import { TensorType } from "../../tflite-schema/gen/tflite.ts";
import { identity } from "../layout.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * ArgMax and ArgMin: ARG_MAX, ARG_MIN with int32 results, and a RESHAPE where the axis is kept.
 *
 * Layout: ONNX's own. Dtype: float, or int8 as it is held: the order of integers is the order of what they stand for.
 * Versions: 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/arg_min_max.cc
 */
export const argMax: OperatorRule = {
  operators: ["ArgMax", "ArgMin"],
  builtins: ["ARG_MAX", "ARG_MIN", "RESHAPE"],
  integer: true,
  limits: "The first of equal values is taken.",
  refuse: (_, node) => (node.int("select_last_index", 0) === 1 ? "it takes the last of equal values, TFLite the first." : null),
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const rank = emitter.shapeOf(input).length;
    const given = node.int("axis", 0);
    const axis = given < 0 ? given + rank : given;
    const data = emitter.read(input);
    const target = emitter.define(output, identity(emitter.shapeOf(output).length));
    const keeps = node.int("keepdims", 1) === 1;
    const reduced = emitter.shapeOf(input).filter((_, other) => other !== axis);
    const result = keeps ? emitter.temporary("index", reduced, target) : target;
    const place = emitter.integers([axis], "axis", []);
    if (node.is("ArgMax"))
      emitter.add("ARG_MAX", [data, place], [result], { type: "ArgMaxOptions", value: { outputType: TensorType.INT32 } });
    else emitter.add("ARG_MIN", [data, place], [result], { type: "ArgMinOptions", value: { outputType: TensorType.INT32 } });
    if (keeps) emitter.reshape(result, emitter.shapeOf(output), target);
  },
};

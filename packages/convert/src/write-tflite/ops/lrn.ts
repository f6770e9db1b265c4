import { channelsLast } from "../layout.ts";
import { noteFloat } from "../quantisation.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * LRN over an odd number of channels: LOCAL_RESPONSE_NORMALIZATION, whose alpha is per channel where ONNX's is for the whole window.
 *
 * Layout: NHWC. Dtype: float. Version: 1.
 * Source: tensorflow/lite/kernels/local_response_norm.cc
 */
export const lrn: OperatorRule = {
  operators: ["LRN"],
  builtins: ["LOCAL_RESPONSE_NORMALIZATION"],
  integer: false,
  limits: "Four axes, an odd size.",
  refuse: (emitter, node) =>
    node.int("size", 1) % 2 === 1 && emitter.shapeOf(node.inputs[0] ?? "").length === 4
      ? null
      : "its size is even, or its data do not have four axes.",
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const size = node.int("size", 1);
    noteFloat(emitter, node, [input]);
    const data = emitter.readFloat(input, channelsLast(4));
    const target = emitter.define(node.outputs[0] ?? "", channelsLast(4));
    const value = {
      radius: (size - 1) / 2,
      bias: node.float("bias", 1),
      alpha: node.float("alpha", 0.0001) / size,
      beta: node.float("beta", 0.75),
    };
    emitter.add("LOCAL_RESPONSE_NORMALIZATION", [data], [target], { type: "LocalResponseNormalizationOptions", value });
  },
};

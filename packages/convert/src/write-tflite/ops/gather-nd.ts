import { identity } from "../layout.ts";
import { readMoved } from "../moving.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * GatherND: GATHER_ND.
 *
 * Layout: ONNX's own. Dtype: any data, int8 in the input's scale; indices become int32 and must not be negative.
 * Version: 1.
 * Source: tensorflow/lite/kernels/gather_nd.cc
 */
export const gatherNd: OperatorRule = {
  operators: ["GatherND"],
  builtins: ["GATHER_ND"],
  integer: true,
  limits: "No batch axes; indices must not be negative.",
  refuse: (_, node) => (node.int("batch_dims", 0) === 0 ? null : "its indices have batch axes, which TFLite's GATHER_ND does not know."),
  emit: (emitter, node) => {
    const [input = "", indices = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const { tensor, quant } = readMoved(emitter, input, identity(emitter.shapeOf(input).length));
    const target = emitter.define(output, identity(emitter.shapeOf(output).length), quant);
    emitter.add("GATHER_ND", [tensor, emitter.read(indices)], [target], { type: "GatherNdOptions", value: {} });
  },
};

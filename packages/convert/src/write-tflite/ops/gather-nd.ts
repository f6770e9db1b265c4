import { identity } from "../layout.ts";
import { readMoved } from "../moving.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * GatherND: GATHER_ND, with batch axes GATHER (version 5, runtime 2.5).
 *
 * Layout: ONNX's own. Dtype: any data, int8 in the input's scale; indices become int32 and must not be negative.
 * Version: 1.
 * Source: tensorflow/lite/kernels/gather_nd.cc
 */
export const gatherNd: OperatorRule = {
  operators: ["GatherND"],
  builtins: ["GATHER_ND", "GATHER"],
  integer: true,
  limits: "With batch axes one index each; indices must not be negative.",
  refuse: (emitter, node) =>
    node.int("batch_dims", 0) === 0 || emitter.shapeOf(node.inputs[1] ?? "").at(-1) === 1
      ? null
      : "its indices have batch axes and several parts, which TFLite does not know.",
  emit: (emitter, node) => {
    const [input = "", indices = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const { tensor, quant } = readMoved(emitter, input, identity(emitter.shapeOf(input).length));
    const target = emitter.define(output, identity(emitter.shapeOf(output).length), quant);
    const batchDims = node.int("batch_dims", 0);
    if (batchDims > 0) {
      // One index each within its batch: GATHER along the first axis behind the batch.
      const places = emitter.reshape(emitter.read(indices), emitter.shapeOf(indices).slice(0, -1));
      emitter.add("GATHER", [tensor, places], [target], { type: "GatherOptions", value: { axis: batchDims, batchDims } });
      return;
    }
    emitter.add("GATHER_ND", [tensor, emitter.read(indices)], [target], { type: "GatherNdOptions", value: {} });
  },
};

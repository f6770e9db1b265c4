import { DataType, toBigInts, int64Tensor } from "@flotilla/onnx";
import { identity } from "../layout.ts";
import { readMoved } from "../moving.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * Gather: GATHER.
 *
 * Layout: ONNX's own, for data and indices.
 * Dtype: any data, int8 in the input's scale; indices become int32. Constant negative indices are counted from the end; calculated ones must not be negative.
 * Versions: 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/gather.cc
 */
export const gather: OperatorRule = {
  operators: ["Gather"],
  builtins: ["GATHER"],
  integer: true,
  limits: "Indices that are calculated must not be negative.",
  emit: (emitter, node) => {
    const [input = "", indices = ""] = node.inputs;
    const shape = emitter.shapeOf(input);
    const { tensor, quant } = readMoved(emitter, input, identity(shape.length));
    const given = node.int("axis", 0);
    const axis = given < 0 ? given + shape.length : given;
    const known = emitter.graph.constantOf(indices);
    const size = BigInt(shape[axis] ?? 0);
    const places =
      known === null
        ? emitter.read(indices)
        : emitter.constant(
            { ...int64Tensor(toBigInts(known).map((index) => (index < 0n ? index + size : index))), dims: known.dims },
            "indices",
          );
    const output = node.outputs[0] ?? "";
    emitter.add("GATHER", [tensor, places], [emitter.define(output, identity(emitter.shapeOf(output).length), quant)], {
      type: "GatherOptions",
      value: { axis, batchDims: 0 },
    });
  },
  refuse: (emitter, node) => (emitter.elemTypeOf(node.inputs[0] ?? "") === DataType.STRING ? "TFLite's strings are not written." : null),
};

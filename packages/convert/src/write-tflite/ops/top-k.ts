import { toBigInts } from "@flotilla/onnx";
import type { Perm } from "../layout.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * TopK of the largest values: TOPK_V2, which works on the last axis and gives int32 indices.
 *
 * Layout: the operator's axis last. Dtype: float, int32, or int8 in the input's scale. Version: 1, int8 2.
 * Source: tensorflow/lite/kernels/topk_v2.cc
 */
export const topK: OperatorRule = {
  operators: ["TopK"],
  builtins: ["TOPK_V2"],
  integer: true,
  limits: "The largest values, a constant k.",
  refuse: (emitter, node) => {
    if (node.int("largest", 1) !== 1) return "it takes the smallest values; TFLite's TOPK_V2 takes the largest. Negate its data.";
    return emitter.graph.constantOf(node.inputs[1] ?? "") === null ? "its k is calculated." : null;
  },
  emit: (emitter, node) => {
    const [input = "", count = ""] = node.inputs;
    const [values = "", indices = ""] = node.outputs;
    const rank = emitter.shapeOf(input).length;
    const given = node.int("axis", -1);
    const axis = given < 0 ? given + rank : given;
    const perm: Perm = [...emitter.held(input).perm.filter((other) => other !== axis), axis];
    const quant = emitter.quantOf(input);
    const data = emitter.read(input, perm);
    const k = emitter.graph.constantOf(count);
    const amount = emitter.integers([k === null ? 1 : Number(toBigInts(k)[0] ?? 1n)], "k", []);
    const described = emitter.describe(data);
    const shape = described.shape.map((size, place) => (place === rank - 1 ? (emitter.shapeOf(values || indices)[axis] ?? size) : size));
    const outputs = [
      values === "" ? emitter.tensor("values", shape, described.type, quant) : emitter.define(values, perm, quant),
      indices === "" ? emitter.integerTensor("indices", shape) : emitter.define(indices, perm),
    ];
    emitter.add("TOPK_V2", [data, amount], outputs, { type: "TopKV2Options", value: {} });
  },
};

import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import type { Lowering } from "./lowering.ts";

/** ConstantOfShape that is too large to be stored: one value, expanded. */
export const constantOfShape: Lowering = {
  operators: ["ConstantOfShape"],
  refuse: (graph, node) => (graph.constantOf(node.inputs[0] ?? "") === null ? "its shape is calculated. Make it a constant." : null),
  build: (b, node) => {
    const value = node.attributes.get("value");
    const given = value?.kind === "tensor" ? value.value : tensorFromNumbers(DataType.FLOAT, [], [0]);
    return b.op("Expand", [b.graph.addConstant({ ...given, dims: [] }), node.inputs[0] ?? ""]);
  },
};

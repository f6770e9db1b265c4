import { type Attribute, intAttribute, type Node } from "@flotilla/onnx";
import type { Lowering, NodeBuilder } from "./lowering.ts";

/** ReduceL1, ReduceL2, ReduceSumSquare, ReduceLogSum and ReduceLogSumExp, out of ReduceSum and functions; GlobalLpPool likewise is not. */
export const reductions: Lowering = {
  operators: ["ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp"],
  build: (b, node) => {
    const [data = ""] = node.inputs;
    switch (node.opType) {
      case "ReduceL1":
        return sum(b, node, b.op("Abs", [data]));
      case "ReduceL2":
        return b.op("Sqrt", [sum(b, node, b.square(data))]);
      case "ReduceSumSquare":
        return sum(b, node, b.square(data));
      case "ReduceLogSum":
        return b.op("Log", [sum(b, node, data)]);
      default: {
        // Without the largest exponent the sum overflows.
        const largest = reduceAs(b, node, "ReduceMax", data, 1);
        const logarithm = b.op("Log", [sum(b, node, b.op("Exp", [b.op("Sub", [data, largest])]))]);
        return b.op("Add", [logarithm, reduceAs(b, node, "ReduceMax", data, node.int("keepdims", 1))]);
      }
    }
  },
};

function sum(b: NodeBuilder, node: Node, data: string): string {
  return reduceAs(b, node, "ReduceSum", data, node.int("keepdims", 1));
}

function reduceAs(b: NodeBuilder, node: Node, opType: string, data: string, keepDims: number): string {
  const attributes: Record<string, Attribute> = { keepdims: intAttribute(keepDims) };
  for (const name of ["axes", "noop_with_empty_axes"]) {
    const attribute = node.attributes.get(name);
    if (attribute !== undefined) attributes[name] = attribute;
  }
  return b.op(opType, [data, ...node.inputs.slice(1)], attributes);
}

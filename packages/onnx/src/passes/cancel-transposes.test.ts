import { intAttribute, intsAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor } from "../graph/tensor.ts";
import { noiseTensor } from "../test-support/build-model.ts";
import { describePass, node } from "../test-support/describe-pass.ts";
import { cancelTransposes } from "./cancel-transposes.ts";
import { mergeShapeNodes } from "./merge-shape-nodes.ts";
import type { Pass } from "./pass.ts";
import { removeIdentities } from "./remove-identities.ts";

const turn = (from: string, to: string, perm: readonly number[]) => node("Transpose", [from], to, { perm: intsAttribute(perm) });
const there = [0, 2, 1];

/** What it moves together, these two take out. */
const together: Pass = {
  id: cancelTransposes.id,
  run: (graph, context) => {
    const result = cancelTransposes.run(graph, context);
    if (result.changed) for (const pass of [mergeShapeNodes, removeIdentities]) pass.run(graph, context);
    return result;
  },
};

describePass(
  together,
  [
    { name: "around one operator", nodes: [turn("x", "a", there), node("Relu", ["a"], "b"), turn("b", "y", there)], left: ["Relu"] },
    {
      name: "around a broadcast constant and a clip",
      nodes: [turn("x", "a", there), node("Add", ["a", "k"], "b"), node("Clip", ["b", "low", "high"], "c"), turn("c", "y", there)],
      constants: { k: noiseTensor([4, 1]), low: floatTensor([], [-0.5]), high: floatTensor([], [0.5]) },
      left: ["Add", "Clip"],
    },
    {
      name: "two that meet become one",
      nodes: [turn("x", "a", there), node("Tanh", ["x"], "t"), turn("t", "b", there), node("Mul", ["a", "b"], "y")],
      left: ["Tanh", "Mul", "Transpose"],
    },
    {
      name: "around Concat and Pad, whose axes are renamed",
      nodes: [
        turn("x", "a", there),
        node("Concat", ["a", "k"], "b", { axis: intAttribute(-1) }),
        node("Pad", ["b", "pads"], "c"),
        turn("c", "y", there),
      ],
      constants: { k: noiseTensor([2, 4, 2]), pads: int64Tensor([0, 1, 0, 0, 0, 2]) },
      left: ["Concat", "Pad"],
    },
    {
      name: "around a Softmax that gets the last axis back",
      nodes: [turn("x", "a", there), node("Softmax", ["a"], "b", { axis: intAttribute(1) }), turn("b", "y", there)],
      left: ["Softmax"],
    },
  ],
  [
    {
      name: "where a Transpose of the region's own value comes back into it",
      nodes: [turn("x", "a", there), node("Relu", ["a"], "b"), turn("b", "c", there), node("Sub", ["c", "b"], "y")],
      input: [2, 4, 4],
      left: ["Transpose", "Relu", "Transpose", "Sub"],
    },
    { name: "where nothing turns it back", nodes: [turn("x", "a", there), node("Relu", ["a"], "y")], left: ["Transpose", "Relu"] },
    {
      name: "around a MatMul",
      nodes: [turn("x", "a", there), node("MatMul", ["a", "k"], "b"), turn("b", "y", there)],
      constants: { k: noiseTensor([3, 3]) },
      left: ["Transpose", "MatMul", "Transpose"],
    },
    {
      name: "where the middle is an output as well",
      nodes: [turn("x", "a", there), node("Relu", ["a"], "b"), turn("b", "y", there)],
      outputs: ["a", "b", "y"],
      left: ["Transpose", "Relu", "Transpose"],
    },
    {
      name: "around Softmax over two axes at once (opset 12)",
      nodes: [turn("x", "a", there), node("Softmax", ["a"], "b", { axis: intAttribute(1) }), turn("b", "y", there)],
      opset: 12,
      left: ["Transpose", "Softmax", "Transpose"],
    },
  ],
);

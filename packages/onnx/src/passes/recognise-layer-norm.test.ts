import { intAttribute, intsAttribute, type NodeInit } from "../graph/node.ts";
import { floatTensor, int64Tensor } from "../graph/tensor.ts";
import { noiseTensor } from "../test-support/build-model.ts";
import { describePass, node } from "../test-support/describe-pass.ts";
import { recogniseLayerNorm } from "./recognise-layer-norm.ts";

const constants = {
  two: floatTensor([], [2]),
  eps: floatTensor([], [1e-3]),
  gamma: noiseTensor([4]),
  beta: noiseTensor([4], 2),
  column: noiseTensor([3, 1]),
  axes: int64Tensor([2]),
};
const mean = (from: string, to: string, axis = -1): NodeInit => node("ReduceMean", [from], to, { axes: intsAttribute([axis]) });
const spread = (axis = -1): NodeInit[] => [
  mean("x", "m", axis),
  node("Sub", ["x", "m"], "d"),
  node("Pow", ["d", "two"], "q"),
  mean("q", "v", axis),
  node("Add", ["v", "eps"], "w"),
  node("Sqrt", ["w"], "r"),
];
const base = { constants, input: ["n", 3, 4] };
const plain = ["ReduceMean", "Sub", "Pow", "ReduceMean", "Add", "Sqrt"];

describePass(
  recogniseLayerNorm,
  [
    {
      ...base,
      name: "divided, scaled and shifted",
      nodes: [...spread(), node("Div", ["d", "r"], "k"), node("Mul", ["gamma", "k"], "l"), node("Add", ["l", "beta"], "y")],
      left: ["LayerNormalization"],
    },
    {
      ...base,
      name: "multiplied by the inverse",
      nodes: [...spread(), node("Reciprocal", ["r"], "i"), node("Mul", ["d", "i"], "k"), node("Mul", ["k", "gamma"], "y")],
      left: ["LayerNormalization"],
    },
    { ...base, name: "without scale", nodes: [...spread(), node("Div", ["d", "r"], "y")], left: ["LayerNormalization"] },
    {
      ...base,
      name: "with axes as an input (opset 18)",
      opset: 18,
      nodes: [
        node("ReduceMean", ["x", "axes"], "m"),
        node("Sub", ["x", "m"], "d"),
        node("Mul", ["d", "d"], "q"),
        node("ReduceMean", ["q", "axes"], "v"),
        node("Add", ["v", "eps"], "w"),
        node("Sqrt", ["w"], "r"),
        node("Div", ["d", "r"], "y"),
      ],
      left: ["LayerNormalization"],
    },
    {
      ...base,
      name: "a scale along another axis stays behind it",
      nodes: [...spread(), node("Div", ["d", "r"], "k"), node("Mul", ["k", "column"], "y")],
      left: ["LayerNormalization", "Mul"],
    },
  ],
  [
    { ...base, name: "over an axis in the middle", nodes: [...spread(1), node("Div", ["d", "r"], "y")], left: [...plain, "Div"] },
    { ...base, name: "before opset 17", opset: 16, nodes: [...spread(), node("Div", ["d", "r"], "y")], left: [...plain, "Div"] },
    {
      ...base,
      name: "where the deviation is read elsewhere",
      nodes: [...spread(), node("Div", ["d", "r"], "k"), node("Add", ["k", "d"], "y")],
      left: [...plain, "Div", "Add"],
    },
    {
      ...base,
      name: "over different axes",
      nodes: [mean("x", "m", 1), ...spread().slice(1), node("Div", ["d", "r"], "y")],
      left: [...plain, "Div"],
    },
    {
      ...base,
      name: "of axes that are dropped",
      nodes: [node("ReduceMean", ["x"], "m", { axes: intsAttribute([-1]), keepdims: intAttribute(0) }), node("Relu", ["m"], "y")],
      left: ["ReduceMean", "Relu"],
    },
  ],
);

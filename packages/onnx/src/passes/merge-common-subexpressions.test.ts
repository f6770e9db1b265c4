import { floatAttribute } from "../graph/node.ts";
import { floatTensor } from "../graph/tensor.ts";
import { describePass, node } from "../test-support/describe-pass.ts";
import { mergeCommonSubexpressions } from "./merge-common-subexpressions.ts";

const constants = { k: floatTensor([4], [1, 2, 3, 4]) };

describePass(
  mergeCommonSubexpressions,
  [
    {
      name: "the same node twice",
      nodes: [node("Tanh", ["x"], "a"), node("Tanh", ["x"], "b"), node("Mul", ["a", "b"], "y")],
      left: ["Tanh", "Mul"],
    },
    {
      name: "a chain of them",
      nodes: [
        node("Tanh", ["x"], "a"),
        node("Tanh", ["x"], "b"),
        node("Relu", ["a"], "c"),
        node("Relu", ["b"], "d"),
        node("Add", ["c", "d"], "y"),
      ],
      left: ["Tanh", "Relu", "Add"],
    },
    {
      name: "a sum the other way round",
      constants,
      nodes: [node("Add", ["x", "k"], "a"), node("Add", ["k", "x"], "b"), node("Mul", ["a", "b"], "y")],
      left: ["Add", "Mul"],
    },
  ],
  [
    {
      name: "another attribute",
      nodes: [node("Elu", ["x"], "a", { alpha: floatAttribute(0.5) }), node("Elu", ["x"], "b"), node("Mul", ["a", "b"], "y")],
      left: ["Elu", "Elu", "Mul"],
    },
    {
      name: "a difference the other way round",
      constants,
      nodes: [node("Sub", ["x", "k"], "a"), node("Sub", ["k", "x"], "b"), node("Mul", ["a", "b"], "y")],
      left: ["Sub", "Sub", "Mul"],
    },
    {
      name: "two outputs of the graph",
      nodes: [node("Tanh", ["x"], "y"), node("Tanh", ["x"], "z")],
      outputs: ["y", "z"],
      left: ["Tanh", "Tanh"],
    },
  ],
);

import { intAttribute } from "../graph/node.ts";
import { noiseTensor } from "../test-support/build-model.ts";
import { describePass, node } from "../test-support/describe-pass.ts";
import { flattenConcats } from "./flatten-concats.ts";

const concat = (inputs: readonly string[], output: string, axis: number) => node("Concat", inputs, output, { axis: intAttribute(axis) });
const constants = { k: noiseTensor([2, 3, 4]) };

describePass(
  flattenConcats,
  [
    { name: "one inside another", nodes: [concat(["x", "k"], "a", 1), concat(["k", "a", "x"], "y", 1)], constants, left: ["Concat"] },
    {
      name: "a chain of three, one axis counted from the end",
      nodes: [concat(["x", "k"], "a", -1), concat(["a", "k"], "b", 2), concat(["x", "b"], "y", -1)],
      constants,
      left: ["Concat"],
    },
    {
      name: "one that is read twice by the same one",
      nodes: [concat(["x", "k"], "a", 0), concat(["a", "x", "a"], "y", 0)],
      constants,
      left: ["Concat"],
    },
  ],
  [
    { name: "along another axis", nodes: [concat(["x", "x"], "a", 1), concat(["a", "a"], "y", 2)], left: ["Concat", "Concat"] },
    {
      name: "one that another node reads too",
      nodes: [concat(["x", "k"], "a", 1), node("Relu", ["a"], "r"), concat(["a", "r"], "y", 1)],
      constants,
      left: ["Concat", "Relu", "Concat"],
    },
    {
      name: "one that is an output itself",
      nodes: [concat(["x", "k"], "a", 1), concat(["a", "x"], "y", 1)],
      constants,
      outputs: ["y", "a"],
      left: ["Concat", "Concat"],
    },
  ],
);

import { intsAttribute } from "../graph/node.ts";
import { describePass, node } from "../test-support/describe-pass.ts";
import { reshapeTransposes } from "./reshape-transposes.ts";

const turn = (perm: readonly number[]) => [node("Transpose", ["x"], "y", { perm: intsAttribute(perm) })];

describePass(
  reshapeTransposes,
  [
    { name: "an axis of 1 moves to the end", nodes: turn([0, 2, 3, 1]), input: ["n", 1, 3, 4], left: ["Reshape"] },
    { name: "the default order of a column", nodes: [node("Transpose", ["x"], "y")], input: [4, 1], left: ["Reshape"] },
  ],
  [
    { name: "two real axes change places", nodes: turn([0, 2, 1, 3]), input: [1, 2, 3, 1], left: ["Transpose"] },
    { name: "an axis that is not known to be 1", nodes: turn([1, 0]), input: ["n", 4], left: ["Transpose"] },
    { name: "two dimensions are open", nodes: turn([0, 2, 1]), input: ["n", 1, "m"], left: ["Transpose"] },
  ],
);

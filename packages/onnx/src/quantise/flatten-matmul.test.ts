import { describe, expect, test } from "vitest";
import type { NodeInit } from "../graph/node.ts";
import { runPasses } from "../passes/run-passes.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { expectSame, operators } from "../test-support/oracle.ts";
import { flattenMatmul } from "./flatten-matmul.ts";

const CONSTANTS = { w: noiseTensor([6, 5], 2), w2: noiseTensor([6, 3], 3), b: noiseTensor([5], 4), b2: noiseTensor([3], 5) };
const biased: NodeInit[] = [
  { opType: "MatMul", name: "m", inputs: ["x", "w"], outputs: ["p"] },
  { opType: "Add", inputs: ["b", "p"], outputs: ["y"] },
];
const flatten = (nodes: readonly NodeInit[], x: readonly (number | string)[], outputs = ["y"]) =>
  expectSame(buildModel({ inputs: { x, z: [2, 4, 5] }, constants: CONSTANTS, nodes, outputs }), (copy) =>
    runPasses(copy, [flattenMatmul], { check: true }),
  );

describe("flattenMatmul fires", () => {
  test.each([[["n", 4, 6]], [[2, "t", 6]], [[2, 3, 4, 6]]])("x of %j", async (x) => {
    expect(operators(await flatten(biased, x))).toEqual(["Reshape", "Gemm", "Reshape"]);
  });

  test("two products of one value share its Reshape", async () => {
    const second: NodeInit[] = [
      { opType: "MatMul", inputs: ["x", "w2"], outputs: ["p2"] },
      { opType: "Add", inputs: ["p2", "b2"], outputs: ["y2"] },
    ];
    const found = operators(await flatten([...biased, ...second], ["n", 4, 6], ["y", "y2"]));
    expect(found.filter((operator) => operator === "Reshape")).toHaveLength(3);
  });
});

describe("must not fire", () => {
  const cases: [string, NodeInit[], (number | string)[], string[]?][] = [
    ["two unknown sizes", biased, ["n", "t", 6]],
    ["two axes, which are another pass's", biased, [2, 6]],
    ["the sum with another value", [biased[0] as NodeInit, { opType: "Add", inputs: ["p", "z"], outputs: ["y"] }], [2, 4, 6]],
    ["a product that is read elsewhere", biased, [2, 4, 6], ["y", "p"]],
  ];
  test.each(cases)("%s", async (_, nodes, x, outputs) => {
    expect(operators(await flatten(nodes, x, outputs))).toEqual(["MatMul", "Add"]);
  });
});

import { describe, expect, test } from "vitest";
import { readModel } from "../graph/read-model.ts";
import { float32View, floatTensor } from "../graph/tensor.ts";
import { buildModel } from "../test-support/build-model.ts";
import { describePass, node } from "../test-support/describe-pass.ts";
import { sampleModel } from "../test-support/mnist.ts";
import { expectSame } from "../test-support/oracle.ts";
import { dedupeInitialisers } from "./dedupe-initialisers.ts";
import { simplify } from "./simplify.ts";

describe("the whole clean-up", () => {
  /** What onnxsim 0.6 leaves of the same files. */
  test.each([
    ["mnist-cnn", 24],
    ["mnist-mobilenet", 34],
  ] as const)("leaves of %s not more than %i nodes, and what it computes", async (name, limit) => {
    const model = readModel(sampleModel(name));
    const after = await expectSame(model, (copy) => simplify(copy, { check: true }));
    expect(after.graph.nodeCount).toBeLessThanOrEqual(limit);
  });

  test("finds nothing more to do the second time", () => {
    const model = readModel(sampleModel("mnist-mobilenet"));
    simplify(model);
    expect([...simplify(model).fired]).toEqual([]);
  });
});

const twins = {
  a: floatTensor([4], [1, 2, 3, 4]),
  b: floatTensor([4], [1, 2, 3, 4]),
  c: floatTensor([1, 4], [1, 2, 3, 4]),
  d: floatTensor([4], [1, 2, 3, 5]),
};
const sum = (right: string) => [node("Add", ["x", "a"], "s"), node("Add", ["s", right], "y")];

describePass(
  dedupeInitialisers,
  [{ name: "the same tensor twice", nodes: sum("b"), constants: twins, left: ["Add", "Add"] }],
  [
    { name: "another shape", nodes: sum("c"), constants: { a: twins.a, c: twins.c }, left: ["Add", "Add"] },
    { name: "other values", nodes: sum("d"), constants: { a: twins.a, d: twins.d }, left: ["Add", "Add"] },
  ],
);

test("dedupe-initialisers keeps one of two", () => {
  const model = buildModel({ nodes: sum("b"), constants: { a: twins.a, b: twins.b } });
  dedupeInitialisers.run(model.graph, { opset: 17, entries: new Map() });
  expect([...model.graph.constants].map(([name, tensor]) => [name, ...float32View(tensor)])).toEqual([["a", 1, 2, 3, 4]]);
});

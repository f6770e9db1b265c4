import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { intAttribute, type NodeInit } from "../graph/node.ts";
import { floatTensor, int64Tensor, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { buildModel, buildSubgraph } from "../test-support/build-model.ts";
import { runPasses } from "./run-passes.ts";
import { simplify } from "./simplify.ts";

function operatorsAfter(nodes: readonly NodeInit[], constants: Readonly<Record<string, Tensor>> = {}): string[] {
  const model = buildModel({ nodes, constants });
  simplify(model, { check: true });
  return model.graph.nodes.map((node) => node.opType);
}

const relu = (from: string, to: string): NodeInit => ({ opType: "Relu", inputs: [from], outputs: [to] });

describe("clean-up fires", () => {
  test("Identity before an output keeps the output's name", () => {
    expect(operatorsAfter([relu("x", "a"), { opType: "Identity", inputs: ["a"], outputs: ["y"] }])).toEqual(["Relu"]);
  });

  test("x * 1 goes, a dead node goes", () => {
    const one = floatTensor([], [1]);
    expect(operatorsAfter([{ opType: "Mul", inputs: ["x", "one"], outputs: ["a"] }, relu("a", "y"), relu("a", "dead")], { one })).toEqual([
      "Relu",
    ]);
  });

  test("constants are folded", () => {
    const two = floatTensor([], [2]);
    const nodes = [
      { opType: "Add", inputs: ["two", "two"], outputs: ["four"] },
      { opType: "Mul", inputs: ["x", "four"], outputs: ["y"] },
    ];
    expect(operatorsAfter(nodes, { two })).toEqual(["Mul"]);
  });

  test("MatMul and Add become Gemm, a second Add moves into its bias", () => {
    const nodes = [
      { opType: "MatMul", inputs: ["x", "w"], outputs: ["a"] },
      { opType: "Add", inputs: ["a", "b"], outputs: ["c"] },
      { opType: "Add", inputs: ["c", "b"], outputs: ["y"] },
    ];
    expect(operatorsAfter(nodes, { w: floatTensor([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]), b: floatTensor([2], [1, 2]) })).toEqual(["Gemm"]);
  });
});

describe("clean-up must not fire", () => {
  test("Identity from a graph input to an output stays", () => {
    expect(operatorsAfter([{ opType: "Identity", inputs: ["x"], outputs: ["y"] }])).toEqual(["Identity"]);
  });

  test("x * 1 that widens x stays", () => {
    expect(
      operatorsAfter([{ opType: "Mul", inputs: ["x", "ones"], outputs: ["y"] }], {
        ones: floatTensor([3, 1, 4], new Float32Array(12).fill(1)),
      }),
    ).toEqual(["Mul"]);
  });

  test("a ConstantOfShape of 64 GB stays a node", () => {
    const nodes = [
      { opType: "ConstantOfShape", inputs: ["shape"], outputs: ["big"] },
      { opType: "Add", inputs: ["x", "big"], outputs: ["y"] },
    ];
    expect(operatorsAfter(nodes, { shape: int64Tensor([1, 2 ** 34]) })).toEqual(["ConstantOfShape", "Add"]);
  });

  test("a Cast to another type stays", () => {
    expect(operatorsAfter([{ opType: "Cast", inputs: ["x"], outputs: ["y"], attributes: { to: intAttribute(DataType.DOUBLE) } }])).toEqual([
      "Cast",
    ]);
  });

  test("a pass that breaks the model is named", () => {
    const breaker = {
      id: "break-it",
      run: (graph: Graph) => ({ changed: graph.nodes.some((node) => (graph.removeNode(node), true)), notes: [] }),
    };
    expect(() => runPasses(buildModel({ nodes: [relu("x", "y")] }), [breaker], { check: true })).toThrow(/break-it/);
  });

  test("so is one that edits a body behind the graph's back", () => {
    const model = buildModel({
      nodes: [relu("x", "h")],
      outputs: ["y", "h"],
      constants: { flag: tensorFromNumbers(DataType.BOOL, [], [1]) },
    });
    const body = (output: string) => ({
      kind: "graph" as const,
      value: buildSubgraph(model.graph, { nodes: [relu("x", output)], outputs: [output] }),
    });
    model.graph.addNode({ opType: "If", inputs: ["flag"], outputs: ["y"], attributes: { then_branch: body("t"), else_branch: body("e") } });
    const sneak = {
      id: "sneak-in",
      run: (graph: Graph) => {
        for (const inner of graph.nodes.flatMap((node) => node.subgraphs())) for (const node of inner.nodes) inner.setInput(node, 0, "h");
        return { changed: true, notes: [] };
      },
    };
    expect(() => runPasses(model, [sneak], { check: true })).toThrow(/sneak-in.*index of "(x|h)" is out of date/u);
  });
});

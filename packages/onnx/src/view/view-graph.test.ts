import { describe, expect, test } from "vitest";
import { readModel } from "../graph/read-model.ts";
import type { OnnxModel } from "../graph/model.ts";
import { floatTensor } from "../graph/tensor.ts";
import { inspectModel } from "../inspect/inspect-model.ts";
import { simplify } from "../passes/simplify.ts";
import { convertToFloat16 } from "../quantise/convert-float16.ts";
import { quantiseDynamic } from "../quantise/quantise-dynamic.ts";
import { quantiseStatic } from "../quantise/quantise-static.ts";
import { tapsFor } from "../quantise/taps.ts";
import { buildModel, buildSubgraph, noiseTensor } from "../test-support/build-model.ts";
import { sampleModel } from "../test-support/mnist.ts";
import { type GraphSketch, viewGraph } from "./view-graph.ts";

function toInt8(model: OnnxModel): OnnxModel {
  simplify(model);
  return quantiseStatic(model, new Map(tapsFor(model).map((tap) => [tap, { min: -3, max: 5 }]))).model;
}

const drawnIn = (view: GraphSketch, kind: "compact" | "full"): string[] =>
  (view[kind]?.groups ?? []).flatMap(({ items }) =>
    items.flatMap((item) => (item.kind === "node" ? (view.nodes[item.node]?.op ?? "") : [])),
  );

const find = (view: GraphSketch, op: string) => view.nodes.find((node) => node.op === op);

describe("facts", () => {
  const view = viewGraph(readModel(sampleModel("mnist-cnn")));
  const inspection = inspectModel(sampleModel("mnist-cnn"));

  test("every node, and every parameter once, as the inspection counts them", () => {
    expect(view.nodes).toHaveLength(inspection.nodeCount);
    expect(view.nodes.reduce((sum, node) => sum + node.parameters, 0)).toBe(inspection.parameterCount);
    expect(view.nodes.reduce((sum, node) => sum + node.bytes, 0)).toBe(inspection.weightBytes);
  });

  test("a node knows its name, attributes, inputs with shapes, and what it calculates in", () => {
    const conv = find(view, "Conv");
    expect(conv).toMatchObject({ name: "Conv__54", domain: "", precision: "float32", parameters: 160, bytes: 640 });
    expect(conv?.attributes).toContainEqual({ name: "kernel_shape", text: "[3, 3]" });
    const values = conv?.inputs.map((input) => view.values[input ?? -1]);
    expect(values?.map((value) => [value?.kind, value?.type, value?.shape?.slice(1)])).toEqual([
      ["computed", "float32", [1, 28, 28]],
      ["constant", "float32", [1, 3, 3]],
      ["constant", "float32", []],
    ]);
  });

  test("edges join producer and reader; inputs and outputs are items of their own", () => {
    const [root] = view.compact.groups;
    const ends = root?.edges.map(({ from, to }) => [root.items[from]?.kind, root.items[to]?.kind]);
    expect(ends?.filter(([from]) => from === "input")).toEqual([["input", "node"]]);
    expect(ends?.filter(([, to]) => to === "output")).toEqual([["node", "output"]]);
  });

  test("a Constant node is a constant like any other, and a left-out input stays in its place", () => {
    const small = viewGraph(
      buildModel({
        nodes: [
          { opType: "Constant", inputs: [], outputs: ["c"], attributes: { value: { kind: "tensor", value: floatTensor([1], [2]) } } },
          { opType: "Clip", inputs: ["x", "", "c"], outputs: ["y"] },
        ],
      }),
    );
    expect(small.nodes.map(({ op }) => op)).toEqual(["Clip"]);
    expect(small.nodes[0]?.inputs.map((input) => (input === null ? null : small.values[input]?.kind))).toEqual(["input", null, "constant"]);
  });

  test("foreign names are cut where they would not end", () => {
    const name = `begin${"x".repeat(5000)}end`;
    const cut = viewGraph(buildModel({ nodes: [{ opType: "Relu", name, inputs: ["x"], outputs: ["y"] }] })).nodes[0]?.name ?? "";
    expect(cut.length).toBeLessThanOrEqual(200);
    expect([cut.slice(0, 5), cut.slice(-3)]).toEqual(["begin", "end"]);
  });
});

describe("quantisation is a property of edges", () => {
  const view = viewGraph(toInt8(readModel(sampleModel("mnist-cnn"))));

  test("the compact drawing shows neither QuantizeLinear nor DequantizeLinear, the full one shows both", () => {
    expect(drawnIn(view, "compact").filter((op) => op.endsWith("izeLinear"))).toEqual([]);
    expect(drawnIn(view, "full").filter((op) => op.endsWith("izeLinear")).length).toBeGreaterThan(20);
    expect(drawnIn(view, "full")).toHaveLength(view.nodes.length);
  });

  test("an edge says in what it is quantised: activations per tensor, weights per channel", () => {
    const conv = find(view, "Conv");
    const [activation, weight] = (conv?.inputs ?? []).map((input) => view.values[input ?? -1]);
    expect(activation?.quant).toMatchObject({ type: "uint8", channels: 1, axis: null, scaleMin: expect.closeTo(8 / 255) });
    expect(weight?.quant).toMatchObject({ type: "int8", channels: 16, axis: 0, zeroPoint: 0 });
    expect(view.values[weight?.source ?? -1]).toMatchObject({ kind: "constant", type: "int8" });
    expect(view.values[activation?.source ?? -1]?.kind).toBe("computed");
  });

  test("convolutions and products run in int8, the softmax behind them in float", () => {
    expect(view.nodes.filter(({ op }) => op === "Conv" || op === "Gemm").map(({ precision }) => precision)).toEqual(Array(8).fill("int8"));
    expect(find(view, "Softmax")?.precision).toBe("float32");
  });

  test("each hidden node belongs to one that is shown", () => {
    for (const { foldedInto } of view.nodes) {
      if (foldedInto !== undefined) expect(view.nodes[foldedInto]?.foldedInto).toBeUndefined();
    }
  });

  test("stored int8 weights with float arithmetic are told apart; float16 and float32 have one drawing", () => {
    const dynamic = readModel(sampleModel("mnist-cnn"));
    simplify(dynamic);
    const weightsOnly = viewGraph(quantiseDynamic(dynamic).model);
    expect(find(weightsOnly, "Conv")?.precision).toBe("int8-weights");
    expect(find(weightsOnly, "MatMulInteger")?.precision).toBe("int8");
    const half = viewGraph(convertToFloat16(readModel(sampleModel("mnist-cnn"))).model);
    expect(find(half, "Conv")?.precision).toBe("float16");
    expect(half.full).toBeNull();
  });

  test("a Relu that became a Clip on the integers runs in int8, between edges that say so", () => {
    const clip = find(view, "Clip");
    expect(clip?.precision).toBe("int8");
    expect(view.values[clip?.inputs[0] ?? -1]).toMatchObject({ type: "uint8", quant: { type: "uint8" } });
  });

  test("weights that runtimes unpack when they load a model belong to the node that reads them", () => {
    const stored = readModel(sampleModel("mnist-cnn"));
    simplify(stored);
    const int8 = viewGraph(quantiseDynamic(stored).model);
    const conv = find(int8, "Conv");
    expect(int8.values[conv?.inputs[1] ?? -1]?.quant).toMatchObject({ type: "int8", channels: 16, axis: 0 });
    expect(drawnIn(int8, "compact").filter((op) => op === "Conv")).toHaveLength(6);
    const unpacked = int8.nodes.filter(({ foldedInto }) => foldedInto !== undefined).map(({ op }) => op);
    expect(new Set(unpacked)).toEqual(new Set(["Cast", "Mul"]));
    expect(int8.nodes[int8.nodes.findIndex(({ foldedInto }) => foldedInto !== undefined)]?.foldedInto).toBe(
      int8.nodes.findIndex(({ op }) => op === "Conv"),
    );
  });

  test("a pair from the model's input to its output, with no node to belong to, stays visible", () => {
    const scale = { s: floatTensor([], [0.1]) };
    const only = viewGraph(
      buildModel({
        constants: scale,
        nodes: [
          { opType: "QuantizeLinear", inputs: ["x", "s"], outputs: ["q"] },
          { opType: "DequantizeLinear", inputs: ["q", "s"], outputs: ["y"] },
        ],
      }),
    );
    expect(drawnIn(only, "compact")).toEqual(["QuantizeLinear", "DequantizeLinear"]);
  });
});

test("a node unfolds to its bodies, which say what they read from outside", () => {
  const model = buildModel({
    inputs: { x: ["n", 4], flag: [] },
    constants: { w: noiseTensor([4, 4]) },
    nodes: [{ opType: "Relu", name: "before", inputs: ["x"], outputs: ["h"] }],
  });
  const body = (op: string) => ({
    kind: "graph" as const,
    value: buildSubgraph(model.graph, { nodes: [{ opType: op, name: op, inputs: ["h"], outputs: ["t"] }], outputs: ["t"] }),
  });
  model.graph.addNode({
    opType: "If",
    name: "choose",
    inputs: ["flag"],
    outputs: ["y"],
    attributes: { then_branch: body("Sigmoid"), else_branch: body("Tanh") },
  });
  const view = viewGraph(model);
  const choose = view.nodes.find(({ op }) => op === "If");
  expect(choose?.bodies.map((scope) => view.scopes[scope]?.name)).toEqual(["then_branch", "else_branch"]);
  expect(choose?.captures.map((value) => view.values[value]?.name)).toEqual(["h"]);
  expect(view.nodes.map(({ op, scope }) => [op, scope])).toEqual([
    ["Relu", 0],
    ["If", 0],
    ["Sigmoid", 1],
    ["Tanh", 2],
  ]);
  const kinds = view.compact.groups.map(({ kind, items }) => [kind, ...items.map((item) => item.kind)]);
  expect(kinds).toEqual([
    ["scope", "node", "node", "input", "input", "output"],
    ["bodies", "group", "group"],
    ["scope", "node", "input", "output"],
    ["scope", "node", "input", "output"],
  ]);
});

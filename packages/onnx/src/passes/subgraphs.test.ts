import { describe, expect, test } from "vitest";
import { Tensor } from "onnxruntime-node";
import { DataType } from "../graph/data-types.ts";
import { allGraphs, type OnnxModel } from "../graph/model.ts";
import { intAttribute, type NodeInit } from "../graph/node.ts";
import { floatTensor, int64Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { convertToFloat16 } from "../quantise/convert-float16.ts";
import { buildModel, buildSubgraph, noise, noiseTensor } from "../test-support/build-model.ts";
import { expectSame, type Feeds } from "../test-support/oracle.ts";
import { simplify } from "./simplify.ts";
import { upgradeOpset } from "./upgrade-opset.ts";

/** y = If(flag) { branch one } else { branch two }, both reading `h` = Relu(x) and the constant `k` of the graph around. */
function branching(one: readonly NodeInit[], two: readonly NodeInit[], opset = 17): OnnxModel {
  const model = buildModel({
    nodes: [
      { opType: "Relu", inputs: ["x"], outputs: ["r"] },
      { opType: "Identity", inputs: ["r"], outputs: ["h"] },
    ],
    constants: { k: floatTensor([4], [1, 2, 3, 4]), same: floatTensor([4], [1, 2, 3, 4]) },
    opset,
  });
  const { graph } = model;
  graph.inputs.push("flag");
  graph.types.set("flag", { elemType: DataType.BOOL, shape: [] });
  const body = (nodes: readonly NodeInit[], output: string) => ({
    kind: "graph" as const,
    value: buildSubgraph(graph, { nodes, outputs: [output], constants: { zero: floatTensor([], [0]), target: int64Tensor([-1, 4]) } }),
  });
  graph.addNode({
    opType: "If",
    inputs: ["flag"],
    outputs: ["y"],
    attributes: { then_branch: body(one, "t"), else_branch: body(two, "e") },
  });
  return model;
}

const feeds = (flag: boolean): Feeds => ({
  x: new Tensor("float32", noise(8), [2, 4]),
  flag: new Tensor("bool", Uint8Array.from([flag ? 1 : 0]), []),
});

const add = (from: string, constant: string, output: string): NodeInit => ({ opType: "Add", inputs: [from, constant], outputs: [output] });

async function both(model: OnnxModel, change: (copy: OnnxModel) => unknown, tolerance?: number): Promise<OnnxModel> {
  const limit = tolerance === undefined ? {} : { tolerance };
  await expectSame(model, change, { feeds: feeds(true), ...limit });
  return expectSame(model, change, { feeds: feeds(false), ...limit });
}

const inner = (model: OnnxModel): string[] =>
  allGraphs(model.graph)
    .slice(1)
    .flatMap((graph) => graph.nodes.map((node) => node.opType));

const cleanUp = (copy: OnnxModel): unknown => simplify(copy, { check: true });

describe("passes inside an If", () => {
  test("identities in the branches and in front of them go; captured values are renamed", async () => {
    const one: NodeInit[] = [add("h", "zero", "a"), { opType: "Identity", inputs: ["a"], outputs: ["b"] }, add("b", "k", "t")];
    const after = await both(branching(one, [add("h", "same", "e")]), cleanUp);
    expect(inner(after)).toEqual(["Add", "Add"]);
    expect([...after.graph.constants.keys()]).toHaveLength(1);
  });

  test("a branch that only passes a captured value on stays whole", async () => {
    const after = await both(branching([{ opType: "Identity", inputs: ["h"], outputs: ["t"] }], [add("h", "k", "e")]), cleanUp);
    expect(inner(after)).toEqual(["Identity", "Add"]);
  });

  test("values of the same name in both branches are not mixed up", async () => {
    const shape = (input: string): NodeInit[] => [
      { opType: "Shape", inputs: [input], outputs: ["s"] },
      { opType: "Reshape", inputs: ["h", "s"], outputs: ["m"] },
    ];
    const one: NodeInit[] = [
      { opType: "Identity", inputs: ["four"], outputs: ["s"] },
      { opType: "Reshape", inputs: ["h", "s"], outputs: ["m"] },
      { opType: "Relu", inputs: ["m"], outputs: ["t"] },
    ];
    const two: NodeInit[] = [...shape("h"), add("m", "k", "e")];
    const model = branching(one, two);
    model.graph.constants.set("four", int64Tensor([4, -1]));
    await both(model, cleanUp);
  });

  test("opset 9 is raised inside the branches too", async () => {
    const one: NodeInit[] = [
      {
        opType: "Clip",
        inputs: ["h"],
        outputs: ["t"],
        attributes: { max: { kind: "float", value: 0.5 }, min: { kind: "float", value: 0 } },
      },
    ];
    const model = branching(one, [add("h", "k", "e")], 9);
    await both(model, (copy) => upgradeOpset(copy, 21));
  });

  test("float16 outside, float32 inside", async () => {
    const after = await both(branching([add("h", "k", "t")], [add("h", "same", "e")]), convertToFloat16, 1e-3);
    expect(after.graph.nodes.map((node) => node.opType)).toContain("Cast");
  });
});

describe("passes inside a Loop", () => {
  test("the body is cleaned, its state and its output stay", async () => {
    const model = buildModel({
      nodes: [],
      constants: {
        trips: tensorFromNumbers(DataType.INT64, [], [3]),
        go: tensorFromNumbers(DataType.BOOL, [], [1]),
        w: noiseTensor([4, 4], 3),
      },
      inputs: { x: [2, 4] },
    });
    const { graph } = model;
    const body = buildSubgraph(graph, {
      inputs: { i: [], on: [], state: [2, 4] },
      outputs: ["on_out", "state_out"],
      constants: { one: floatTensor([], [1]), b: noiseTensor([4], 5) },
      nodes: [
        { opType: "Identity", inputs: ["on"], outputs: ["on_out"] },
        { opType: "Mul", inputs: ["state", "one"], outputs: ["m"] },
        { opType: "MatMul", inputs: ["m", "w"], outputs: ["p"] },
        { opType: "Add", inputs: ["p", "b"], outputs: ["state_out"] },
      ],
    });
    body.types.set("i", { elemType: DataType.INT64, shape: [] });
    for (const name of ["on", "on_out"]) body.types.set(name, { elemType: DataType.BOOL, shape: [] });
    graph.addNode({ opType: "Loop", inputs: ["trips", "go", "x"], outputs: ["y"], attributes: { body: { kind: "graph", value: body } } });
    expect(inner(await expectSame(model, cleanUp))).toEqual(["Identity", "Gemm"]);
  });

  test("a Cast that the body needs is not taken for an identity", async () => {
    const model = branching(
      [{ opType: "Cast", inputs: ["h"], outputs: ["t"], attributes: { to: intAttribute(DataType.FLOAT) } }],
      [add("h", "k", "e")],
    );
    await both(model, cleanUp);
  });
});

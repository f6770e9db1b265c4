import { Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, type NodeInit } from "../graph/node.ts";
import { floatTensor, type Tensor as Constant } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import { writeModel } from "../graph/write-model.ts";
import { buildModel, noise, noiseTensor } from "../test-support/build-model.ts";
import { difference, expectSame, operators, runModel } from "../test-support/oracle.ts";
import { convertToFloat16, float16Taps } from "./convert-float16.ts";

const gemm: NodeInit = { opType: "Gemm", inputs: ["x", "w", "b"], outputs: ["m"] };
const relu: NodeInit = { opType: "Relu", inputs: ["m"], outputs: ["y"] };

function model(nodes: readonly NodeInit[], constants: Record<string, Constant> = {}, outputs = ["y"], input: readonly Dim[] = ["n", 4]) {
  return buildModel({ nodes, outputs, inputs: { x: input }, constants: { w: noiseTensor([4, 4]), b: noiseTensor([4], 2), ...constants } });
}

const convert = (given: OnnxModel): Promise<OnnxModel> => expectSame(given, convertToFloat16, { tolerance: 2e-3 });

describe("convertToFloat16", () => {
  test("casts stand at the borders only", async () => {
    expect(operators(await convert(model([gemm, relu])))).toEqual(["Cast", "Gemm", "Relu", "Cast"]);
  });

  test("a model without constants is sorted too", async () => {
    expect(operators(await convert(model([{ ...relu, inputs: ["x"] }])))).toEqual(["Cast", "Relu", "Cast"]);
  });

  test("an output that is read inside keeps its name and type", async () => {
    const after = await convert(model([gemm, relu], {}, ["y", "m"]));
    expect(after.graph.outputs).toEqual(["y", "m"]);
    expect(after.graph.typeOf("m")?.elemType).toBe(DataType.FLOAT);
  });

  test("a constant beyond 65,504 keeps its node in float32", async () => {
    const nodes: NodeInit[] = [gemm, { opType: "Mul", inputs: ["m", "huge"], outputs: ["h"] }, { ...relu, inputs: ["h"] }];
    const after = await expectSame(model(nodes, { huge: floatTensor([], [70_000]) }), convertToFloat16, { tolerance: Infinity });
    const huge = after.graph.nodes.find((node) => node.is("Mul"))?.inputs[1] ?? "";
    expect(after.graph.typeOf(huge)?.elemType).toBe(DataType.FLOAT);
  });

  test("an epsilon that would vanish keeps its node in float32", async () => {
    const nodes: NodeInit[] = [
      { opType: "Abs", inputs: ["x"], outputs: ["a"] },
      { opType: "Add", inputs: ["a", "tiny"], outputs: ["m"] },
      { opType: "Log", inputs: ["m"], outputs: ["y"] },
    ];
    const after = await convert(model(nodes, { tiny: floatTensor([], [1e-10]) }));
    const tiny = after.graph.nodes.find((node) => node.is("Add"))?.inputs[1] ?? "";
    expect(after.graph.typeOf(tiny)?.elemType).toBe(DataType.FLOAT);
  });

  test("infinity in a mask is no overflow", async () => {
    const after = await convert(model([{ opType: "Max", inputs: ["x", "low"], outputs: ["y"] }], { low: floatTensor([], [-Infinity]) }));
    expect(operators(after)).toEqual(["Cast", "Max", "Cast"]);
  });

  test("an operator without float16 stands between casts", async () => {
    const nodes: NodeInit[] = [gemm, { opType: "Celu", inputs: ["m"], outputs: ["c"] }, { ...relu, inputs: ["c"] }];
    expect(operators(await convert(model(nodes)))).toEqual(["Cast", "Gemm", "Cast", "Celu", "Cast", "Relu", "Cast"]);
  });

  test("LayerNormalization gives its mean in float32", async () => {
    const nodes: NodeInit[] = [{ opType: "LayerNormalization", inputs: ["x", "b"], outputs: ["y", "mean"] }];
    await convert(model(nodes, {}, ["y", "mean"]));
  });

  test("a Cast to float32 inside becomes none at all", async () => {
    const nodes: NodeInit[] = [
      gemm,
      { opType: "Cast", inputs: ["m"], outputs: ["c"], attributes: { to: intAttribute(DataType.FLOAT) } },
      { ...relu, inputs: ["c"] },
    ];
    expect(operators(await convert(model(nodes)))).toEqual(["Cast", "Gemm", "Relu", "Cast"]);
  });

  test("where a type is not known, nothing mixes", async () => {
    const unknown: NodeInit = { opType: "Attention", domain: "nowhere", inputs: ["x"], outputs: ["u"] };
    const given = model([unknown, { opType: "Add", inputs: ["u", "b"], outputs: ["y"] }]);
    given.opsets.set("nowhere", 1);
    convertToFloat16(given);
    expect(operators(given)).toEqual(["Attention", "Add"]);
  });

  test("an excluded node stays in float32", async () => {
    const given = model([{ ...gemm, name: "first" }, relu]);
    const after = await expectSame(given, (copy) => convertToFloat16(copy, { exclude: ["first"] }), { tolerance: 2e-3 });
    expect(operators(after)).toEqual(["Gemm", "Cast", "Relu", "Cast"]);
  });

  test("a node whose observed values overflow stays in float32, the others do not", async () => {
    const nodes: NodeInit[] = [
      gemm,
      { opType: "Mul", name: "huge", inputs: ["m", "k"], outputs: ["h"] },
      { opType: "Mul", name: "back", inputs: ["h", "l"], outputs: ["s"] },
      { ...relu, inputs: ["s"] },
    ];
    const given = model(nodes, { k: floatTensor([], [60_000]), l: floatTensor([], [1 / 60_000]) });
    expect(float16Taps(given)).toEqual(["x", "m", "h", "s", "y"]);
    const ranges = new Map([["h", { min: -90_000, max: 80_000 }]]);
    const after = await expectSame(given, (copy) => convertToFloat16(copy, { ranges }), { tolerance: 2e-3 });
    expect(operators(after)).toEqual(["Cast", "Gemm", "Cast", "Mul", "Mul", "Cast", "Relu", "Cast"]);
    expect(convertToFloat16(given, { ranges }).notes.join(" ")).toContain('Mul "huge" (its values overflow float16)');
  });

  test("weights that float16 would wipe out keep their node in float32", async () => {
    const after = await convert(model([gemm, relu], { w: floatTensor([4, 4], new Float32Array(16).fill(3e-8)) }));
    expect(operators(after)).toEqual(["Gemm", "Cast", "Relu", "Cast"]);
  });

  test("keepIo false takes and gives float16", async () => {
    const given = model([gemm, relu], {}, ["y"], [2, 4]);
    const x = noise(8);
    const wanted = await runModel(writeModel(given), { x: new Tensor("float32", x, [2, 4]) });
    convertToFloat16(given, { keepIo: false });
    expect(operators(given)).toEqual(["Gemm", "Relu"]);
    expect(["x", "y"].map((name) => given.graph.typeOf(name)?.elemType)).toEqual([DataType.FLOAT16, DataType.FLOAT16]);
    // Float32 at the borders again: onnxruntime-node takes no Float16Array.
    const { graph } = given;
    graph.renameValue("y", "y16");
    for (const node of graph.consumersOf("x")) graph.setInput(node, 0, "x16");
    const cast = (from: string, to: string, type: number): NodeInit => ({
      opType: "Cast",
      inputs: [from],
      outputs: [to],
      attributes: { to: intAttribute(type) },
    });
    graph.addNode(cast("x", "x16", DataType.FLOAT16));
    graph.addNode(cast("y16", "y", DataType.FLOAT));
    graph.outputs[0] = "y";
    for (const name of ["x", "y"]) graph.types.set(name, { elemType: DataType.FLOAT, shape: [2, 4] });
    graph.sortTopologically();
    const got = await runModel(writeModel(given), { x: new Tensor("float32", x, [2, 4]) });
    expect(difference(wanted["y"], got["y"])).toBeLessThan(2e-3);
  });
});

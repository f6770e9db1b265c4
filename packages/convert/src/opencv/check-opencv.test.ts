import { readFileSync } from "node:fs";
import { int64Tensor, intsAttribute, readModel, simplify } from "@flotilla/onnx";
import { samples } from "@flotilla/samples";
import { expect, it } from "vitest";
import { buildModel, noise } from "@flotilla/onnx/test-support";
import { quantiseCopy } from "../test-support/quantise.ts";
import { one, random } from "../test-support/written-cases/written-case.ts";
import { checkForOpencv } from "./check-opencv.ts";

it("a model with fixed places and known operators is read; its batch may be open", () => {
  const model = buildModel({
    opset: 13,
    inputs: { x: ["n", 3, 8, 8] },
    constants: { w: random([4, 3, 3, 3]) },
    nodes: [{ opType: "Conv", inputs: ["x", "w"], outputs: ["c"] }, one("Relu", {}, ["c"])],
  });
  expect(checkForOpencv(model)).toEqual({ readFrom: "4.6", findings: [] });
});

it("a newer operator set whose news the model does not use is read: the sample is of set 17", () => {
  const model = readModel(readFileSync(samples.mnistCnn));
  simplify(model);
  expect(checkForOpencv(model)).toEqual({ readFrom: "4.6", findings: [] });
});

it("unknown operators and open places are all named, with their places in the graph", () => {
  const model = buildModel({
    opset: 17,
    inputs: { x: [1, 3, "height", 8] },
    nodes: [
      { opType: "GridSample", name: "warp", inputs: ["x", "x"], outputs: ["a"] },
      { opType: "GridSample", inputs: ["a", "x"], outputs: ["b"] },
      { opType: "Gelu", domain: "com.microsoft", name: "act", inputs: ["b"], outputs: ["y"] },
    ],
  });
  expect(checkForOpencv(model)).toEqual({
    readFrom: null,
    findings: [
      { code: "OPERATOR_MISSING", operator: "GridSample", nodes: ["warp", "b"] },
      { code: "OPERATOR_MISSING", operator: "com.microsoft.Gelu", nodes: ["act"] },
      { code: "DYNAMIC_SHAPE", input: "x" },
    ],
  });
});

it("of what has fewer than three axes the batch must be fixed too", () => {
  const model = buildModel({ opset: 13, inputs: { x: ["n", 8] }, nodes: [one("Relu")] });
  expect(checkForOpencv(model).findings).toEqual([{ code: "DYNAMIC_SHAPE", input: "x" }]);
});

it("operators in a newer set's form are named, and whether the older set can say the same", () => {
  const axes = (opset: number) =>
    buildModel({
      opset,
      inputs: { x: [1, 3, 8, 8] },
      constants: { axes: int64Tensor([2, 3]) },
      nodes: [one("ReduceMax", {}, ["x", "axes"])],
    });
  expect(checkForOpencv(axes(18)).findings).toEqual([
    { code: "NEWER_FORM", operators: ["ReduceMax"], opset: 18, highest: 13, lowerable: true },
  ]);
  const calculated = axes(18);
  calculated.graph.constants.delete("axes");
  calculated.graph.inputs.push("axes");
  calculated.graph.types.set("axes", { elemType: 7, shape: [2] });
  expect(checkForOpencv(calculated).findings).toContainEqual({
    code: "NEWER_FORM",
    operators: [],
    opset: 18,
    highest: 13,
    lowerable: false,
  });
});

it("weights behind DequantizeLinear are read from 4.7 on", async () => {
  const sketch = {
    opset: 13,
    inputs: { x: [1, 3, 8, 8] },
    constants: { w: random([4, 3, 1, 1]) },
    nodes: [{ opType: "Conv", inputs: ["x", "w"], outputs: ["c"] }, one("Conv", { pads: intsAttribute([0, 0, 0, 0]) }, ["x", "w"])],
  };
  const model = readModel(await quantiseCopy(buildModel(sketch), { x: { dims: [1, 3, 8, 8], data: noise(192) } }));
  expect(checkForOpencv(model)).toEqual({ readFrom: "4.7", findings: [{ code: "INTEGER_WEIGHTS", count: 1, since: "4.7" }] });
});

it("Squeeze is read with its axes as an attribute, and as an input from 4.7 on", () => {
  const nodes = [one("Squeeze", {}, ["x", "axes"])];
  const model = buildModel({ opset: 13, inputs: { x: [1, 3, 1, 1] }, constants: { axes: int64Tensor([2, 3]) }, nodes });
  expect(checkForOpencv(model)).toEqual({
    readFrom: "4.7",
    findings: [{ code: "AXES_AS_INPUT", operator: "Squeeze", nodes: ["y"], since: "4.7" }],
  });
});

it("the operators of ONNX Runtime's integer form are read", () => {
  const model = buildModel({
    opset: 13,
    inputs: { x: [1, 3, 8, 8] },
    nodes: [{ opType: "QLinearSigmoid", domain: "com.microsoft", inputs: ["x"], outputs: ["y"] }],
  });
  expect(checkForOpencv(model).findings).toEqual([]);
});

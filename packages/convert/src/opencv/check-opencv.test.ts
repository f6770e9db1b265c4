import { readFileSync } from "node:fs";
import { intsAttribute, readModel, simplify } from "@flotilla/onnx";
import { QUANT_PROFILES } from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { expect, it } from "vitest";
import { buildModel, noise } from "../test-support/build-model.ts";
import { quantiseCopy } from "../test-support/quantise.ts";
import { one, random } from "../test-support/written-cases/written-case.ts";
import { checkForOpencv } from "./check-opencv.ts";

it("a model of an operator set that OpenCV reads, with fixed places and known operators, runs; its batch may be open", () => {
  const model = buildModel({
    opset: 13,
    inputs: { x: ["n", 3, 8, 8] },
    constants: { w: random([4, 3, 3, 3]) },
    nodes: [{ opType: "Conv", inputs: ["x", "w"], outputs: ["c"] }, one("Relu", {}, ["c"])],
  });
  expect(checkForOpencv(model)).toEqual({ runs: true, findings: [], integerNodes: 0 });
});

it("a newer operator set, unknown operators and open places are all named", () => {
  const model = buildModel({
    opset: 17,
    inputs: { x: [1, 3, "height", 8] },
    nodes: [
      { opType: "GridSample", name: "warp", inputs: ["x", "x"], outputs: ["a"] },
      { opType: "Gelu", domain: "com.microsoft", name: "act", inputs: ["a"], outputs: ["y"] },
    ],
  });
  expect(checkForOpencv(model).findings).toEqual([
    { code: "OPSET_TOO_NEW", opset: 17, highest: 13 },
    { code: "DYNAMIC_SHAPE", input: "x" },
    { code: "OPERATOR_MISSING", operator: "GridSample", nodes: ["warp"] },
    { code: "OPERATOR_MISSING", operator: "com.microsoft.Gelu", nodes: ["act"] },
  ]);
});

it("what stands between integers without an integer layer is named: it does not go back to float", async () => {
  const sketch = {
    opset: 13,
    inputs: { x: [1, 3, 8, 8] },
    constants: { w: random([4, 3, 1, 1]), v: random([4, 4, 1, 1]) },
    nodes: [
      { opType: "Conv", inputs: ["x", "w"], outputs: ["c"] },
      { opType: "GlobalMaxPool", inputs: ["c"], outputs: ["g"] },
      { opType: "Tanh", name: "squash", inputs: ["c"], outputs: ["t"] },
      one("Conv", { pads: intsAttribute([0, 0, 0, 0]) }, ["t", "v"]),
    ],
  };
  const model = readModel(await quantiseCopy(buildModel(sketch), { x: { dims: [1, 3, 8, 8], data: noise(192) } }, QUANT_PROFILES.tflite));
  expect(checkForOpencv(model)).toMatchObject({
    runs: false,
    findings: [{ code: "NO_INTEGER_LAYER", operator: "Tanh", nodes: ["squash"] }],
  });
});

it("the sample model needs an older operator set and nothing else", () => {
  const model = readModel(readFileSync(samples.mnistCnn));
  simplify(model);
  expect(checkForOpencv(model).findings).toEqual([{ code: "OPSET_TOO_NEW", opset: 17, highest: 13 }]);
});

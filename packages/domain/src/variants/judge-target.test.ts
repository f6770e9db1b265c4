import type { Inspection, VariantFormat } from "@flotilla/contracts";
import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { expect, test } from "vitest";
import { judgeTarget } from "./judge-target.ts";

const model: Inspection = {
  format: "onnx",
  sha256: "a".repeat(64),
  sizeBytes: 100_000,
  opsets: { "": 13 },
  inputs: [{ name: "x", type: "float32", shape: ["n", 28, 28, 1] }],
  outputs: [],
  operators: { Conv: 2, Relu: 1 },
  nodeCount: 3,
  parameterCount: 10,
  weightBytes: 90_000,
  memoryEstimateBytes: 200_000,
  metadata: {},
  notes: [],
};
const obstacles = (id: string, changes: Partial<Inspection> = {}, formats: VariantFormat[] = ["onnx"]) =>
  TARGET_PROFILES.filter((profile) => profile.id === id).flatMap((profile) => judgeTarget({ ...model, ...changes }, profile, formats));

test("a CPU with ONNX Runtime runs a float model as it is", () => expect(obstacles("x64-vnni")).toEqual([]));

test("a microcontroller wants another format, and integers", () =>
  expect(obstacles("mcu-tflite").map(({ kind }) => kind)).toEqual(["format", "float"]));

test("an integer model is not told that it is none", () =>
  expect(obstacles("edge-tpu", { operators: { Conv: 1, QuantizeLinear: 2 } }).map(({ kind }) => kind)).toEqual(["format"]));

test("a TFLite file on integers is in its format already, and beside its ONNX form runs on both kinds", () => {
  const integers = { operators: { Conv: 1, QuantizeLinear: 2, DequantizeLinear: 4 } };
  expect(obstacles("mcu-tflite", integers, ["onnx", "tflite"])).toEqual([]);
  expect(obstacles("arm64-cpu", integers, ["onnx", "tflite"])).toEqual([]);
  expect(obstacles("arm64-cpu", integers, ["tflite"])).toEqual([{ kind: "format", formats: ["onnx", "ort"] }]);
});

test("operators that a profile lacks are named", () =>
  expect(obstacles("mcu-tflite", { operators: { Conv: 1, LSTM: 1, NonZero: 2 } })).toContainEqual({
    kind: "operators",
    operators: ["LSTM", "NonZero"],
  }));

test("a newer operator set, open shapes, memory and storage are obstacles with their numbers", () => {
  expect(obstacles("arm64-cpu", { opsets: { "": 22 } })).toEqual([{ kind: "opset", opset: 22, maxOpset: 21 }]);
  expect(obstacles("opencv-dnn", { inputs: [{ name: "x", type: "float32", shape: [1, "height", 28, 1] }] })).toEqual([{ kind: "shapes" }]);
  expect(obstacles("arm64-cpu", { memoryEstimateBytes: 2 ** 40, sizeBytes: 2 ** 40 }).map(({ kind }) => kind)).toEqual([
    "memory",
    "storage",
  ]);
});

import {
  DataType,
  floatTensor,
  intsAttribute,
  intAttribute,
  type OnnxModel,
  readModel,
  type Tensor,
  tensorFromNumbers,
} from "@flotilla/onnx";
import { QUANT_PROFILES } from "@flotilla/onnx/optimise";
import { expect, it } from "vitest";
import { buildModel, type ModelSketch, noise } from "@flotilla/onnx/test-support";
import { compareWritten } from "../test-support/compare-written.ts";
import { quantiseCopy } from "../test-support/quantise.ts";
import { one, random } from "../test-support/written-cases/written-case.ts";
import { writeTflite } from "./write-tflite.ts";

const pads = intsAttribute([1, 1, 1, 1]);

/** A block as in mini-XCEPTION: separable convolutions, a max pool and a strided shortcut, added, then a class per pixel's mean. */
const block: ModelSketch = {
  inputs: { x: [1, 3, 16, 16] },
  constants: {
    a: random([8, 3, 3, 3]),
    ab: random([8], 2),
    d: random([8, 1, 3, 3], 3),
    p: random([12, 8, 1, 1], 4),
    pb: random([12], 5),
    s: random([12, 8, 1, 1], 6),
    c: random([5, 12, 3, 3], 7),
  },
  nodes: [
    { opType: "Conv", inputs: ["x", "a", "ab"], outputs: ["a1"], attributes: { pads } },
    { opType: "Relu", inputs: ["a1"], outputs: ["a2"] },
    { opType: "Conv", inputs: ["a2", "d"], outputs: ["d1"], attributes: { pads, group: intAttribute(8) } },
    { opType: "Conv", inputs: ["d1", "p", "pb"], outputs: ["p1"] },
    {
      opType: "MaxPool",
      inputs: ["p1"],
      outputs: ["m"],
      attributes: { kernel_shape: intsAttribute([3, 3]), strides: intsAttribute([2, 2]), pads: intsAttribute([0, 0, 1, 1]) },
    },
    { opType: "Conv", inputs: ["a2", "s"], outputs: ["s1"], attributes: { strides: intsAttribute([2, 2]) } },
    { opType: "Add", inputs: ["m", "s1"], outputs: ["r"] },
    { opType: "Conv", inputs: ["r", "c"], outputs: ["c1"], attributes: { pads } },
    { opType: "GlobalAveragePool", inputs: ["c1"], outputs: ["g"] },
    { opType: "Flatten", inputs: ["g"], outputs: ["f"] },
    one("Softmax", {}, ["f"]),
  ],
};

const imageNoise = { x: { dims: [1, 3, 16, 16], data: noise(768, 3) } };

it("a net with separable convolutions, pools and shortcuts is wholly int8 and within a step of onnxruntime", async () => {
  const quantised = readModel(await quantiseCopy(buildModel(block), imageNoise));
  const { written, steps } = await compareWritten(quantised, { precision: "int8" });
  expect(steps).toBeLessThanOrEqual(1.01);
  expect(written.floatNodes).toEqual([]);
  expect([...written.inputs, ...written.outputs].map(({ type }) => type)).toEqual(["INT8", "INT8"]);
  expect(written.inputs[0]?.shape).toEqual([1, 16, 16, 3]);
  expect(Object.keys(written.operators).sort()).toEqual([
    "ADD",
    "CONV_2D",
    "DEPTHWISE_CONV_2D",
    "MAX_POOL_2D",
    "MEAN",
    "RESHAPE",
    "SOFTMAX",
  ]);
});

it.each(["x64-vnni", "arm64"] as const)(
  "a model that was quantised for %s keeps its scales: unsigned integers become signed ones",
  async (profile) => {
    const quantised = readModel(await quantiseCopy(buildModel(block), imageNoise, QUANT_PROFILES[profile]));
    const { written, error } = await compareWritten(quantised, { precision: "int8" });
    expect(written.outputs.map(({ type }) => type)).toEqual(["INT8"]);
    expect(error).toBeLessThanOrEqual(0.02);
  },
);

const scalar = (value: number): Tensor => floatTensor([], [value]);
const byte = (value: number): Tensor => tensorFromNumbers(DataType.INT8, [], [value]);

/** x → QDQ(scale .02) → `node` → QDQ(scale .05) → y */
function between(sketch: Omit<ModelSketch, "nodes"> & { readonly node: ModelSketch["nodes"][number] }): OnnxModel {
  return buildModel({
    ...sketch,
    constants: { s: scalar(0.02), z: byte(3), t: scalar(0.05), u: byte(-7), ...sketch.constants },
    nodes: [
      { opType: "QuantizeLinear", inputs: ["x", "s", "z"], outputs: ["q"] },
      { opType: "DequantizeLinear", inputs: ["q", "s", "z"], outputs: ["d"] },
      sketch.node,
      { opType: "QuantizeLinear", inputs: ["n", "t", "u"], outputs: ["p"] },
      { opType: "DequantizeLinear", inputs: ["p", "t", "u"], outputs: ["y"] },
    ],
  });
}

it.each([
  { opType: "MaxPool", attributes: { kernel_shape: intsAttribute([2, 2]) } },
  { opType: "Transpose", attributes: { perm: intsAttribute([0, 2, 1, 3]) } },
  { opType: "Relu" },
  { opType: "LeakyRelu" },
  { opType: "HardSwish" },
  { opType: "Sigmoid" },
  { opType: "Tanh" },
  { opType: "Softmax" },
  { opType: "GlobalAveragePool" },
])(
  "$opType whose result is wanted in another scale: TFLite's kernels that cannot rescale are followed by a QUANTIZE",
  async ({ opType, attributes }) => {
    const model = between({
      inputs: { x: [1, 2, 4, 4] },
      node: { opType, inputs: ["d"], outputs: ["n"], ...(attributes === undefined ? {} : { attributes }) },
    });
    const { written, steps } = await compareWritten(model, { precision: "int8" });
    expect(written.floatNodes).toEqual([]);
    expect(steps).toBeLessThanOrEqual(1.01);
  },
);

it("a Concat of values with scales of their own brings them to one scale first", async () => {
  const model = between({
    inputs: { x: [1, 2, 4] },
    constants: { k: random([1, 1, 4]) },
    node: { opType: "Concat", inputs: ["d", "k"], outputs: ["n"], attributes: { axis: intAttribute(1) } },
  });
  const { written, steps } = await compareWritten(model, { precision: "int8" });
  expect(written.operators).toMatchObject({ CONCATENATION: 1, QUANTIZE: 1 });
  expect(steps).toBeLessThanOrEqual(1.01);
});

it("a layer with float weights between quantised values gets int8 weights with a scale per channel", async () => {
  const model = between({
    inputs: { x: [2, 6] },
    constants: { w: random([6, 4]), b: random([4]) },
    node: { opType: "Gemm", inputs: ["d", "w", "b"], outputs: ["n"] },
  });
  const { written, steps } = await compareWritten(model, { precision: "int8" });
  expect(written.operators).toEqual({ RESHAPE: 2, CONV_2D: 1 });
  expect(steps).toBeLessThanOrEqual(1.01);
});

it("what has no int8 kernel is dequantised around, and said", async () => {
  const model = between({ inputs: { x: [1, 4] }, node: { opType: "Exp", inputs: ["d"], outputs: ["n"] } });
  const { written, steps } = await compareWritten(model, { precision: "int8" });
  expect(written.operators).toEqual({ DEQUANTIZE: 1, EXP: 1, QUANTIZE: 1 });
  expect(written.floatNodes).toEqual(['Exp "n"']);
  expect(steps).toBeLessThanOrEqual(1.01);
});

it("normalisations that no layer absorbed, means, extremes and pools of the largest are on integers as well", async () => {
  const sketch: ModelSketch = {
    inputs: { x: [1, 3, 8, 8] },
    constants: {
      a: random([4, 3, 1, 1]),
      b: random([4, 4, 1, 1]),
      s: random([4]),
      t: random([4], 2),
      m: random([4], 3),
      v: floatTensor([4], [0.5, 1, 2, 1]),
    },
    nodes: [
      { opType: "Conv", inputs: ["x", "a"], outputs: ["c"] },
      { opType: "Relu", inputs: ["c"], outputs: ["r"] },
      { opType: "BatchNormalization", inputs: ["r", "s", "t", "m", "v"], outputs: ["n"] },
      { opType: "Conv", inputs: ["n", "b"], outputs: ["d"] },
      { opType: "Mean", inputs: ["d", "n"], outputs: ["e"] },
      { opType: "Max", inputs: ["e", "d"], outputs: ["f"] },
      one("GlobalMaxPool", {}, ["f"]),
    ],
  };
  const quantised = readModel(await quantiseCopy(buildModel(sketch), { x: { dims: [1, 3, 8, 8], data: noise(192, 3) } }));
  const { written, steps } = await compareWritten(quantised, { precision: "int8" });
  expect(written.floatNodes).toEqual([]);
  expect(written.operators).toEqual({ CONV_2D: 2, MUL: 2, ADD: 2, MAXIMUM: 1, REDUCE_MAX: 1 });
  expect(steps).toBeLessThanOrEqual(1.01);
});

it("int8 of a model that is not quantised is refused with what to do", () => {
  expect(() => writeTflite(buildModel({ nodes: [one("Relu")] }), { precision: "int8" })).toThrow(/not quantised.*static int8/u);
});

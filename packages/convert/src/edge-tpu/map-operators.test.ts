import { floatTensor, intAttribute, intsAttribute, readModel } from "@flotilla/onnx";
import { expect, it } from "vitest";
import { buildModel, type ModelSketch, noise } from "../test-support/build-model.ts";
import { quantiseCopy } from "../test-support/quantise.ts";
import { one, random } from "../test-support/written-cases/written-case.ts";
import { readModelFile } from "../tflite-schema/model-file.ts";
import { writeTflite, type WriteTfliteOptions } from "../write-tflite/write-tflite.ts";
import { type EdgeTpuReport, mapToEdgeTpu } from "./map-operators.ts";

const pads = intsAttribute([1, 1, 1, 1]);

async function mapInt8(sketch: ModelSketch, dims: readonly number[]): Promise<EdgeTpuReport> {
  const feeds = {
    x: {
      dims,
      data: noise(
        dims.reduce((total, dim) => total * dim, 1),
        3,
      ),
    },
  };
  return mapFile(readModel(await quantiseCopy(buildModel(sketch), feeds)), { precision: "int8" });
}

function mapFile(model: Parameters<typeof writeTflite>[0], options: WriteTfliteOptions): EdgeTpuReport {
  return mapToEdgeTpu(readModelFile(writeTflite(model, options).bytes), "detector v2.tflite");
}

const rows = ({ operators }: EdgeTpuReport): string[] =>
  operators.map(({ kind, target, reason }) => `${kind} ${target}${reason === null ? "" : ` ${reason.code}`}`);

it("a classifier in int8 is wholly on the TPU", async () => {
  const report = await mapInt8(
    {
      inputs: { x: [1, 3, 16, 16] },
      constants: { a: random([8, 3, 3, 3]), d: random([8, 1, 3, 3]), w: random([8, 5]) },
      nodes: [
        { opType: "Conv", inputs: ["x", "a"], outputs: ["a1"], attributes: { pads, strides: intsAttribute([2, 2]) } },
        { opType: "Relu", inputs: ["a1"], outputs: ["a2"] },
        { opType: "Conv", inputs: ["a2", "d"], outputs: ["d1"], attributes: { pads, group: intAttribute(8) } },
        { opType: "Add", inputs: ["d1", "a2"], outputs: ["s"] },
        { opType: "GlobalAveragePool", inputs: ["s"], outputs: ["g"] },
        { opType: "Flatten", inputs: ["g"], outputs: ["f"] },
        { opType: "MatMul", inputs: ["f", "w"], outputs: ["m"] },
        one("Softmax", {}, ["m"]),
      ],
    },
    [1, 3, 16, 16],
  );
  // By hand: padding of one on an even size with stride two is not SAME, so a PAD of two places, which the TPU pads; the layer of many scales is a convolution
  // of one pixel on what MEAN writes, and a reshape back; the softmax is of one row.
  expect(rows(report)).toEqual([
    "PAD tpu",
    "CONV_2D tpu",
    "DEPTHWISE_CONV_2D tpu",
    "ADD tpu",
    "MEAN tpu",
    "CONV_2D tpu",
    "RESHAPE tpu",
    "SOFTMAX tpu",
  ]);
  expect(report).toMatchObject({
    onTpu: 8,
    onCpu: 0,
    end: null,
    fitsOnChip: true,
    command: "edgetpu_compiler --show_operations 'detector v2.tflite'",
  });
});

it("a hard swish in the middle ends the partition; what does not need it stays on the TPU", async () => {
  const report = await mapInt8(
    {
      inputs: { x: [1, 3, 8, 8] },
      constants: { a: random([4, 3, 1, 1]), b: random([4, 4, 1, 1]), c: random([2, 3, 1, 1]) },
      outputs: ["y", "z"],
      nodes: [
        { opType: "Conv", inputs: ["x", "a"], outputs: ["a1"] },
        { opType: "HardSwish", inputs: ["a1"], outputs: ["h"] },
        one("Conv", {}, ["h", "b"]),
        { opType: "Conv", inputs: ["x", "c"], outputs: ["z"] },
      ],
    },
    [1, 3, 8, 8],
  );
  expect(rows(report)).toEqual(["CONV_2D tpu", "CONV_2D tpu", "HARD_SWISH cpu NOT_SUPPORTED", "CONV_2D cpu BEHIND_CPU"]);
  expect(report.end).toMatchObject({ kind: "HARD_SWISH", advice: { kind: "replace", by: "RELU6" } });
});

it("a float model has nothing on the TPU, and static int8 would move it", () => {
  const model = buildModel({
    inputs: { x: [1, 3, 8, 8] },
    constants: { a: random([4, 3, 1, 1]) },
    nodes: [{ opType: "Conv", inputs: ["x", "a"], outputs: ["c"] }, one("MaxPool", { kernel_shape: intsAttribute([2, 2]) }, ["c"])],
  });
  const report = mapFile(model, { precision: "float32" });
  expect(rows(report)).toEqual(["CONV_2D cpu NOT_INTEGER", "MAX_POOL_2D cpu NOT_INTEGER"]);
  expect(report.end?.advice).toEqual({ kind: "recipe", pass: "int8-static" });
});

it("limits of single operators are named: dilation of depthwise convolutions, a softmax of many rows, a batch", async () => {
  const dilated = await mapInt8(
    {
      inputs: { x: [1, 2, 9, 9] },
      constants: { d: random([2, 1, 3, 3]) },
      nodes: [one("Conv", { group: intAttribute(2), dilations: intsAttribute([2, 2]) }, ["x", "d"])],
    },
    [1, 2, 9, 9],
  );
  expect(dilated.end?.reason).toEqual({ code: "LIMITATION", limitation: "dilation" });
  const softmax = await mapInt8(
    {
      inputs: { x: [1, 6, 8] },
      constants: { w: random([8, 8]) },
      nodes: [{ opType: "MatMul", inputs: ["x", "w"], outputs: ["m"] }, one("Softmax", {}, ["m"])],
    },
    [1, 6, 8],
  );
  expect(softmax.end).toMatchObject({ kind: "SOFTMAX", reason: { code: "LIMITATION", limitation: "one-dimensional-input" } });
  const batch = await mapInt8(
    { inputs: { x: [2, 3, 8, 8] }, constants: { a: random([4, 3, 1, 1]) }, nodes: [one("Conv", {}, ["x", "a"])] },
    [2, 3, 8, 8],
  );
  expect(batch.end).toMatchObject({ reason: { code: "TOO_MANY_AXES" }, advice: { kind: "recipe", pass: "fix-shapes" } });
});

it("a QUANTIZE of float inputs stays in front of the partition without ending it; a DEQUANTIZE behind it ends it", async () => {
  const sketch: ModelSketch = {
    inputs: { x: [1, 3, 8, 8] },
    constants: { a: random([4, 3, 1, 1]), k: floatTensor([], [1]) },
    nodes: [one("Conv", {}, ["x", "a"])],
  };
  const feeds = { x: { dims: [1, 3, 8, 8], data: noise(192, 3) } };
  const report = mapFile(readModel(await quantiseCopy(buildModel(sketch), feeds)), { precision: "float32" });
  expect(rows(report)).toEqual(["QUANTIZE cpu FLOAT_INPUT", "CONV_2D tpu", "DEQUANTIZE cpu NOT_SUPPORTED"]);
  expect(report.end).toMatchObject({ kind: "DEQUANTIZE", advice: { kind: "recipe", pass: "int8-static" } });
});

import { readFileSync } from "node:fs";
import type { EdgeTpuReport } from "@flotilla/contracts/targets";
import { floatTensor, intAttribute, intsAttribute, readModel } from "@flotilla/onnx";
import { samples } from "@flotilla/samples";
import { expect, it } from "vitest";
import { buildModel, type ModelSketch, noise } from "@flotilla/onnx/test-support";
import { quantiseCopy } from "../test-support/quantise.ts";
import { one, random } from "../test-support/written-cases/written-case.ts";
import { readModelFile } from "../tflite-schema/model-file.ts";
import { writeTflite, type WriteTfliteOptions } from "../write-tflite/write-tflite.ts";
import { mapToEdgeTpu } from "./map-operators.ts";

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
  // By hand: padding of one on an even size with stride two is not SAME (TFLite's SAME would pad 0 in front and 1 behind), so a PAD, along height and width and not
  // along the batch. Both convolutions have equal dilations (1, 1), and their Relu is fused, which CONV_2D may have. ADD has no limits. MEAN is over height and width,
  // so neither over the batch nor over the channels. The dense layer has a scale a channel, so it is written as a convolution of one pixel, with a reshape back to two
  // axes. The softmax is of one row of 5 elements. Nothing is left for the CPU.
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
  // By hand: weights 8·3·3·3 + 8·3·3 + 8·5 in 8 bits, biases of 8, 8 and 5 channels in 32.
  expect(report).toMatchObject({
    onTpu: 8,
    onCpu: 0,
    end: null,
    parameterBytes: 216 + 72 + 40 + 4 * (8 + 8 + 5),
    onChipBytes: 2 ** 23,
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
  // By hand: HARD_SWISH is not in the list. The last convolution reads what it writes, so it would need a second partition; the one to `z` reads the input only.
  expect(rows(report)).toEqual(["CONV_2D tpu", "CONV_2D tpu", "HARD_SWISH cpu NOT_SUPPORTED", "CONV_2D cpu BEHIND_CPU"]);
  expect(report.end).toMatchObject({ kind: "HARD_SWISH", advice: { kind: "replace", by: "RELU6" } });
});

it("a classifier that Keras wrote with an open batch ends where it asks for the batch's size", () => {
  const report = mapToEdgeTpu(readModelFile(readFileSync(samples.mnistTflite)));
  // By hand: two convolutions of 3 × 3 and two pools, without fused activations at the pools; then Flatten, which Keras writes as SHAPE, the batch taken out of it, PACK
  // with 800, and a RESHAPE to that. SHAPE is not in the list. What it writes are 32-bit integers, which the TPU does not calculate with, and a RESHAPE to a size that is
  // calculated has no size when it is compiled. The dense layer and the softmax need its result.
  expect(rows(report)).toEqual([
    "CONV_2D tpu",
    "MAX_POOL_2D tpu",
    "CONV_2D tpu",
    "MAX_POOL_2D tpu",
    "SHAPE cpu NOT_SUPPORTED",
    "STRIDED_SLICE cpu NOT_INTEGER",
    "PACK cpu NOT_INTEGER",
    "RESHAPE cpu CALCULATED_PARAMETERS",
    "FULLY_CONNECTED cpu BEHIND_CPU",
    "SOFTMAX cpu BEHIND_CPU",
  ]);
  // A batch of one makes the size a constant, and everything behind it goes.
  expect(report.end).toMatchObject({ kind: "SHAPE", advice: { kind: "recipe", pass: "bind-inputs" } });
  expect(report.operators.map(({ advice }) => advice)[7]).toEqual({ kind: "recipe", pass: "bind-inputs" });
  expect(report.operators.filter(({ kind }) => kind === "STRIDED_SLICE" || kind === "PACK").map(({ advice }) => advice)).toEqual([
    null,
    null,
  ]);
  // By hand: 16 kernels of 3·3·1 and 32 of 3·3·16 in 8 bits, their biases in 32.
  expect(report.parameterBytes).toBe(144 + 64 + 4608 + 128);
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

it("limits of single operators are named: uneven dilations, a softmax of many rows, a mean over channels, a batch", async () => {
  const dilated = await mapInt8(
    {
      inputs: { x: [1, 2, 9, 9] },
      constants: { d: random([2, 1, 3, 3]) },
      nodes: [
        { opType: "Conv", inputs: ["x", "d"], outputs: ["even"], attributes: { group: intAttribute(2), dilations: intsAttribute([2, 2]) } },
        one("Conv", { group: intAttribute(2), dilations: intsAttribute([1, 2]) }, ["even", "d"]),
      ],
    },
    [1, 2, 9, 9],
  );
  expect(dilated).toMatchObject({ onTpu: 1, end: { index: 1, reason: { code: "LIMITATION", limitation: "unequal-dilation" } } });
  const softmax = await mapInt8(
    {
      inputs: { x: [1, 6, 8] },
      constants: { w: random([8, 8]) },
      nodes: [{ opType: "MatMul", inputs: ["x", "w"], outputs: ["m"] }, one("Softmax", {}, ["m"])],
    },
    [1, 6, 8],
  );
  expect(softmax.end).toMatchObject({ kind: "SOFTMAX", reason: { code: "LIMITATION", limitation: "one-dimensional-input" } });
  for (const [channels, limitation] of [
    [8, null],
    [6, "channels-of-four"],
  ] as const) {
    const mean = await mapInt8(
      {
        inputs: { x: [1, 4, 8] },
        constants: { w: random([8, channels]) },
        nodes: [{ opType: "MatMul", inputs: ["x", "w"], outputs: ["m"] }, one("ReduceMean", { axes: intsAttribute([-1]) }, ["m"])],
      },
      [1, 4, 8],
    );
    expect(mean.end?.reason ?? null).toEqual(limitation === null ? null : { code: "LIMITATION", limitation });
  }
  const batch = await mapInt8(
    { inputs: { x: [2, 3, 8, 8] }, constants: { a: random([4, 3, 1, 1]) }, nodes: [one("Conv", {}, ["x", "a"])] },
    [2, 3, 8, 8],
  );
  expect(batch.end).toMatchObject({ reason: { code: "TOO_MANY_AXES" }, advice: { kind: "recipe", pass: "bind-inputs" } });
});

it("a QUANTIZE of float inputs stays in front of the partition without ending it; a DEQUANTIZE behind it ends it", async () => {
  const sketch: ModelSketch = {
    inputs: { x: [1, 3, 8, 8] },
    constants: { a: random([4, 3, 1, 1]), k: floatTensor([], [1]) },
    nodes: [one("Conv", {}, ["x", "a"])],
  };
  const feeds = { x: { dims: [1, 3, 8, 8], data: noise(192, 3) } };
  const report = mapFile(readModel(await quantiseCopy(buildModel(sketch), feeds)), { precision: "float32" });
  expect(rows(report)).toEqual(["QUANTIZE cpu FLOAT_INPUT", "CONV_2D tpu", "DEQUANTIZE cpu NOT_INTEGER"]);
  expect(report.end).toMatchObject({ kind: "DEQUANTIZE", advice: { kind: "recipe", pass: "int8-static" } });
});

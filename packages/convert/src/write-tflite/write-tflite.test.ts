import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { DataType, floatTensor, intAttribute, intsAttribute, readModel, simplify, tensorFromNumbers } from "@flotilla/onnx";
import { QUANT_PROFILES, quantiseWeightOnly } from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { buildModel } from "@flotilla/onnx/test-support";
import { compareWritten } from "../test-support/compare-written.ts";
import { quantiseCopy } from "../test-support/quantise.ts";
import { openTflite } from "../test-support/run-tflite.ts";
import { one, random } from "../test-support/written-cases/written-case.ts";
import { readFlatbuffer } from "../flatbuffer/read-flatbuffer.ts";
import { type ModelMetadata, TFLITE_METADATA } from "../tflite-schema/gen/metadata.ts";
import { readModelFile } from "../tflite-schema/model-file.ts";
import { writeTflite } from "./write-tflite.ts";

/** The bytes behind an `.npy` header of format 1.0. */
function npyData(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return bytes.subarray(10 + (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0));
}

function largest(row: ArrayLike<number>): number {
  return Array.from(row).reduce((best, value, index, values) => (value > (values[best] ?? -Infinity) ? index : best), 0);
}

describe("the sample models", () => {
  it.each([
    ["mnistCnn", "float32", 1e-6],
    ["mnistMobilenet", "float32", 1e-6],
    ["mnistMobilenet", "float16", 5e-3],
  ] as const)("%s in %s gives what onnxruntime gives", async (name, precision, tolerance) => {
    const { error, written } = await compareWritten(readModel(readFileSync(samples[name])), { precision });
    expect(error).toBeLessThanOrEqual(tolerance);
    expect(written.operators).not.toHaveProperty("TRANSPOSE");
  });

  it.each([
    ["eight bits with a scale per channel", { bits: 8 }],
    ["four bits in blocks", { bits: 4, blockSize: 32 }],
  ] as const)("weights in %s are unpacked", async (_, options) => {
    const model = readModel(readFileSync(samples.mnistCnn));
    simplify(model);
    quantiseWeightOnly(model, options);
    const { error, written } = await compareWritten(model);
    expect(error).toBeLessThanOrEqual(1e-6);
    expect(written.operators).toEqual({ CONV_2D: 6, MAX_POOL_2D: 3, RESHAPE: 1, FULLY_CONNECTED: 2, SOFTMAX: 1 });
  });

  it("float16 halves the file", () => {
    const size = (precision: "float32" | "float16"): number =>
      writeTflite(readModel(readFileSync(samples.mnistCnn)), { precision }).bytes.byteLength;
    expect(size("float16")).toBeLessThan(size("float32") * 0.55);
  });

  it.each([
    ["mnistCnn", 250],
    ["mnistMobilenet", 1000],
  ] as const)("%s in int8 is as right as its QDQ model on MNIST's test images, within half a point: the first %i", async (name, count) => {
    const float = (path: string): Float32Array => Float32Array.from(npyData(path), (pixel) => pixel / 255);
    const calibration = float(samples.mnistCalibrationImages);
    const feeds = { image: { data: calibration, dims: [calibration.length / 784, 28, 28, 1] } };
    const file = await quantiseCopy(readModel(readFileSync(samples[name])), feeds, QUANT_PROFILES.tflite);
    const written = writeTflite(readModel(file), { precision: "int8" });
    const [input, output] = [written.inputs[0], written.outputs[0]];
    expect([input?.type, output?.type, written.floatNodes]).toEqual(["INT8", "INT8", []]);
    const images = float(samples.mnistTestImages);
    const labels = npyData(samples.mnistTestLabels).subarray(0, count);
    const session = await InferenceSession.create(file, { graphOptimizationLevel: "disabled", logSeverityLevel: 4 });
    const reference = await session.run({ image: new Tensor("float32", images.subarray(0, count * 784), [count, 28, 28, 1]) });
    const rows = Object.values(reference)[0]?.data as Float32Array;
    const run = await openTflite(written.bytes);
    let [right, wanted] = [0, 0];
    for (const [index, label] of labels.entries()) {
      const pixels = images.subarray(index * 784, index * 784 + 784);
      const integers = Int8Array.from(pixels, (value) => Math.round(value / (input?.scale ?? 1)) + (input?.zeroPoint ?? 0));
      if (largest(run({ image: integers })[0]?.data ?? []) === label) right += 1;
      if (largest(rows.subarray(index * 10, index * 10 + 10)) === label) wanted += 1;
    }
    expect(Math.abs(right - wanted) / labels.length).toBeLessThanOrEqual(0.005);
  });
});

describe("the file", () => {
  const image = {
    inputs: { x: ["batch", 3, 8, 6] },
    constants: { w: random([4, 3, 3, 3]) },
    nodes: [one("Conv", { pads: intsAttribute([1, 1, 1, 1]) }, ["x", "w"])],
  };

  it("an image comes and goes channels last; the batch without a size is 1", () => {
    const { inputs, outputs, operators } = writeTflite(buildModel(image), { precision: "float32" });
    expect(inputs).toMatchObject([{ name: "x", shape: [1, 8, 6, 3], perm: [0, 2, 3, 1] }]);
    expect(outputs).toMatchObject([{ name: "y", shape: [1, 8, 6, 4], perm: [0, 2, 3, 1] }]);
    expect(operators).toEqual({ CONV_2D: 1 });
  });

  it("or in the axes' order of the model", async () => {
    const { written, error } = await compareWritten(
      buildModel(image.inputs.x === undefined ? image : { ...image, inputs: { x: [1, 3, 8, 6] } }),
      { precision: "float32", io: "as-is" },
    );
    expect(written.inputs).toMatchObject([{ shape: [1, 3, 8, 6], perm: [0, 1, 2, 3] }]);
    expect(written.operators).toEqual({ CONV_2D: 1, TRANSPOSE: 2 });
    expect(error).toBeLessThan(1e-6);
  });

  it("has the lowest versions, a signature with the model's names, and each constant once", () => {
    const model = buildModel({
      ...image,
      nodes: [
        ...image.nodes.map((node) => ({ ...node, outputs: ["m"] })),
        { opType: "Relu", inputs: ["m"], outputs: ["r"] },
        { opType: "Add", inputs: ["r", "r"], outputs: ["y"] },
      ],
    });
    const file = readModelFile(writeTflite(model, { precision: "float32" }).bytes);
    expect(file.version).toBe(3);
    expect(file.operatorCodes.map(({ builtinCode, version }) => [builtinCode, version])).toEqual([
      [3, 1],
      [0, 1],
    ]);
    expect(file.signatureDefs).toMatchObject([{ signatureKey: "serving_default", inputs: [{ name: "x" }], outputs: [{ name: "y" }] }]);
    expect(file.subgraphs[0]?.tensors.map(({ name }) => name)).toContain("y");
    expect(file.buffers[0]?.data).toHaveLength(0);
  });

  it("the same model gives the same bytes", () => {
    const write = (): Uint8Array => writeTflite(readModel(readFileSync(samples.mnistCnn)), { precision: "float16" }).bytes;
    expect(Buffer.compare(write(), write())).toBe(0);
  });

  it("carries what a person knows of the model: name, normalisation, and class names in a zip behind it", () => {
    const description = {
      name: "Digits",
      labels: ["zero", "one\nor so", "zwei"],
      image: { mean: [127.5], std: [255], channels: 1 as const, width: 28, height: 28 },
    };
    const { bytes } = writeTflite(readModel(readFileSync(samples.mnistCnn)), { precision: "float32", description });
    const file = readModelFile(new Uint8Array(bytes));
    const entry = file.metadata.find(({ name }) => name === "TFLITE_METADATA");
    const metadata = readFlatbuffer(TFLITE_METADATA, new Uint8Array(file.buffers[entry?.buffer ?? 0]?.data ?? [])) as ModelMetadata;
    const [graph] = metadata.subgraphMetadata;
    expect(metadata.name).toBe("Digits");
    expect(graph?.inputTensorMetadata[0]).toMatchObject({
      name: "image",
      processUnits: [{ options: { type: "NormalizationOptions", value: { mean: [127.5], std: [255] } } }],
      stats: { min: [-0.5], max: [0.5] },
    });
    expect(graph?.outputTensorMetadata[0]?.associatedFiles).toMatchObject([{ name: "labels.txt", type: 2 }]);
    // As a zip reader finds it: the end record, the directory, the local header, the stored bytes.
    const zip = Buffer.from(bytes);
    const end = zip.length - 22;
    expect(zip.readUInt32LE(end)).toBe(0x06054b50);
    const directory = zip.readUInt32LE(end + 16);
    const local = zip.readUInt32LE(directory + 42);
    expect(zip.readUInt32LE(local)).toBe(0x04034b50);
    const [size, nameLength] = [zip.readUInt32LE(local + 18), zip.readUInt16LE(local + 26)];
    expect(zip.subarray(local + 30, local + 30 + nameLength).toString()).toBe("labels.txt");
    const content = zip.subarray(local + 30 + nameLength, local + 30 + nameLength + size);
    expect(content.toString()).toBe("zero\none or so\nzwei");
    expect(zip.readUInt32LE(local + 14)).toBe(crc32(content));
  });

  it("an output that is an input, and one that is another output, are tensors of their own", async () => {
    const model = buildModel({
      outputs: ["y", "z", "u"],
      nodes: [one("Identity"), { opType: "Relu", inputs: ["x"], outputs: ["z"] }, { opType: "Identity", inputs: ["z"], outputs: ["u"] }],
    });
    const { error, written } = await compareWritten(model);
    expect(error).toBe(0);
    expect(written.outputs.map(({ name }) => name)).toEqual(["y", "z", "u"]);
  });

  it("an output that is constant, and an input that is handed through, keep their names", () => {
    const model = buildModel({ outputs: ["k", "x", "y"], constants: { k: random([2, 2]) }, nodes: [one("Relu")] });
    const { bytes, outputs } = writeTflite(model, { precision: "float32" });
    const [graph] = readModelFile(new Uint8Array(bytes)).subgraphs;
    const names = (indices: readonly number[] | undefined): (string | null | undefined)[] =>
      (indices ?? []).map((index) => graph?.tensors[index]?.name);
    expect(outputs.map(({ name }) => name)).toEqual(["k", "x", "y"]);
    expect(names(graph?.outputs)).toEqual(["k", "x", "y"]);
    expect(names(graph?.inputs)).toEqual(["x"]);
    expect(new Set([...(graph?.outputs ?? []), ...(graph?.inputs ?? [])]).size).toBe(4);
  });
});

describe("what cannot be written", () => {
  it("is listed at once, with names, operators and what to do", () => {
    const model = buildModel({
      inputs: { x: [1, 2, 4, 4], g: [1, 4, 4, 2] },
      constants: { w: random([2, 1, 2, 2]), p: floatTensor([8], [0, 0, -1, 0, 0, 0, 0, 0]) },
      nodes: [
        { opType: "GridSample", name: "warp", inputs: ["x", "g"], outputs: ["a"] },
        { opType: "ConvTranspose", name: "up", inputs: ["a", "w"], outputs: ["b"], attributes: { group: intAttribute(2) } },
        { opType: "FancyOp", domain: "my.domain", name: "own", inputs: ["b"], outputs: ["y"] },
      ],
    });
    model.opsets.set("my.domain", 1);
    expect(() => writeTflite(model, { precision: "float32" })).toThrow(
      expect.objectContaining({
        code: "UNSUPPORTED_OPERATOR",
        details: {
          unsupported: [
            expect.objectContaining({ name: "warp", kind: "GridSample" }),
            expect.objectContaining({ name: "own", kind: "my.domain.FancyOp" }),
            expect.objectContaining({ name: "up", kind: "ConvTranspose" }),
          ],
        },
      }),
    );
  });

  it.each([
    [
      "arithmetic of narrow integers, which TFLite takes for quantised ones",
      [DataType.UINT8, DataType.UINT8],
      "Add",
      /Add of integers of this type/u,
    ],
    ["limits on integers that nobody quantised", [DataType.INT8], "Clip", /stand for themselves/u],
    ["scales of a Resize that are an input", [DataType.FLOAT, DataType.FLOAT, DataType.FLOAT], "Resize", /scales are calculated/u],
  ])("%s is refused", (_, types, opType, reason) => {
    const names = types.map((__, index) => `x${index}`);
    const model = buildModel({
      inputs: Object.fromEntries(
        types.map((elemType, index) => [`x${index}`, { elemType, shape: [1, 1, 2, 2].slice(0, index === 0 ? 4 : 1) }]),
      ),
      outputs: { y: types[0] ?? 1 },
      nodes: [{ opType, inputs: opType === "Resize" ? ["x0", "", "x2"] : opType === "Clip" ? ["x0", "low"] : names, outputs: ["y"] }],
      ...(opType === "Clip" ? { constants: { low: tensorFromNumbers(DataType.INT8, [], [2]) } } : {}),
    });
    model.graph.types.set("y", { elemType: types[0] ?? 1, shape: [1, 1, 2, 2] });
    expect(() => writeTflite(model, { precision: "float32" })).toThrow(reason);
  });

  it("sizes that are not given are named", () => {
    expect(() =>
      writeTflite(buildModel({ inputs: { x: ["n", 3, "height", null] }, nodes: [one("Relu")] }), { precision: "float32" }),
    ).toThrow(/"height", axis 3 of "x"/u);
  });

  it("given sizes are taken", () => {
    const { inputs } = writeTflite(buildModel({ inputs: { x: ["n", 3, "height", 4] }, nodes: [one("Relu")] }), {
      precision: "float32",
      dimensions: { height: 7, n: 2 },
    });
    expect(inputs[0]?.shape).toEqual([2, 3, 7, 4]);
  });
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Recipe } from "@flotilla/contracts";
import { convertKeras, readKeras } from "@flotilla/convert";
import { writeModel } from "@flotilla/onnx";
import { samples } from "@flotilla/samples";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openModelFile } from "../../runtime/open-model-file.ts";
import { openSession } from "../../runtime/open-session.ts";
import { buildVariant } from "./build-variant.ts";
import type { HandlerContext, RequestOf } from "../protocol.ts";
import { exportModel } from "./export-model.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "flotilla-export-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const context: HandlerContext = { progress: () => undefined, event: () => undefined };

function requestFor(format: RequestOf<"export-model">["format"], name: string): RequestOf<"export-model"> {
  return {
    modelPath: samples.mnistMobilenet,
    format,
    dimensions: {},
    description: null,
    outputFile: join(directory, name),
  };
}

async function run(path: string): Promise<Float32Array> {
  const session = await InferenceSession.create(await readFile(path), { graphOptimizationLevel: "disabled", logSeverityLevel: 4 });
  const image = Float32Array.from({ length: 784 }, (_, index) => (index % 29) / 29);
  const outputs = await session.run({ image: new Tensor("float32", image, [1, 28, 28, 1]) });
  return Object.values(outputs)[0]?.data as Float32Array;
}

test("an ORT file gives what the ONNX file gives, and has its identifier", async () => {
  const request = requestFor("ort", "model.ort");
  const result = await exportModel(request, context);
  const bytes = await readFile(request.outputFile);
  expect(bytes.subarray(4, 8).toString()).toBe("ORTM");
  expect(result).toMatchObject({ sizeBytes: bytes.byteLength, opset: 17 });
  const [wanted, got] = [await run(samples.mnistMobilenet), await run(request.outputFile)];
  expect(Math.max(...wanted.map((value, index) => Math.abs(value - (got[index] ?? 0))))).toBeLessThan(1e-5);
});

test("a TFLite file comes with its tensors as they are in the file", async () => {
  const request = requestFor("tflite-float16", "model.tflite");
  const result = await exportModel(request, context);
  expect((await readFile(request.outputFile)).subarray(4, 8).toString()).toBe("TFL3");
  expect(result).toMatchObject({
    refusal: null,
    tensors: { inputs: [{ name: "image", shape: [1, 28, 28, 1], type: "float32", scale: null }] },
  });
  expect(result.sizeBytes).toBeLessThan(80_000);
});

test("what the fp16 pass made becomes a file with weights of 16 bits, inputs and outputs in float32", async () => {
  const modelPath = join(directory, "half.onnx");
  const recipe: Recipe = { schemaVersion: 1, name: "fp16", passes: [{ pass: "simplify" }, { pass: "fp16", keepIo: true }] };
  const files = { outputFile: modelPath, activationsFile: join(directory, "none.json") };
  await buildVariant({ modelPath: samples.mnistMobilenet, recipe, calibration: null, ...files }, context);
  const request = { ...requestFor("tflite-float16", "half.tflite"), modelPath };
  const { sizeBytes, tensors } = await exportModel(request, context);
  expect(sizeBytes).toBeLessThan(80_000);
  expect(tensors?.inputs).toMatchObject([{ name: "image", type: "float32", shape: [1, 28, 28, 1] }]);
  const written = await openModelFile(request.outputFile, tensors, { threads: 1 });
  const image = Float32Array.from({ length: 784 }, (_, index) => (index % 29) / 29);
  const outputs = await written.run({ image: new Tensor("float32", image, [1, 28, 28, 1]) });
  const got = Object.values(outputs)[0]?.data as Float32Array;
  const wanted = await run(samples.mnistMobilenet);
  expect(Math.max(...wanted.map((value, index) => Math.abs(value - (got[index] ?? Number.NaN))))).toBeLessThan(5e-3);
});

test("int8 of a float model is refused with what to do, and damaged bytes with their code", async () => {
  await expect(exportModel(requestFor("tflite-int8", "model.tflite"), context)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  const modelPath = join(directory, "broken.onnx");
  await writeFile(modelPath, (await readFile(samples.mnistCnn)).subarray(0, 2_000));
  await expect(exportModel({ ...requestFor("ort", "model.ort"), modelPath }, context)).rejects.toMatchObject({
    code: expect.stringMatching(/TRUNCATED_FILE|NOT_A_MODEL/u),
  });
});

test("a model whose images are channels first is run as it is although its TFLite file has them last", async () => {
  const bytes = writeModel(convertKeras(readKeras(await readFile(samples.mnistKeras3)), { pictures: "channels-first" }).model);
  const modelPath = join(directory, "first.onnx");
  await writeFile(modelPath, bytes);
  const request = { ...requestFor("tflite-float32", "last.tflite"), modelPath };
  const { tensors } = await exportModel(request, context);
  expect(tensors?.inputs).toMatchObject([{ shape: [1, 28, 28, 1], perm: [0, 2, 3, 1] }]);
  const [source, written] = [await openSession(bytes, { threads: 1 }), await openModelFile(request.outputFile, tensors, { threads: 1 })];
  const described = written.inputMetadata.map((input) => (input.isTensor ? [input.name, input.type, input.shape] : []));
  expect(described).toEqual([[source.inputNames[0], "float32", [1, 1, 28, 28]]]);
  const image = Float32Array.from({ length: 784 }, (_, index) => (index % 31) / 31);
  const feeds = { [source.inputNames[0] ?? ""]: new Tensor("float32", image, [1, 1, 28, 28]) };
  const [wanted, got] = [await source.run(feeds), await written.run(feeds)].map(
    (outputs) => Object.values(outputs)[0]?.data as Float32Array,
  );
  expect(wanted).toHaveLength(10);
  expect(Math.max(...(wanted ?? []).map((value, index) => Math.abs(value - (got?.[index] ?? Number.NaN))))).toBeLessThan(1e-5);
  await written.release();
});

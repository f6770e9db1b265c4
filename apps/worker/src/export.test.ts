import type { FileTensors, Recipe, RecipePass, ValidationGate, ValidationReport } from "@flotilla/contracts";
import type { Job, Variant } from "@flotilla/db";
import { samples } from "@flotilla/samples";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ORGANISATION, startTestWorker, type TestWorker, waitFor } from "./testing/start-test-worker.ts";

const GATES: ValidationGate[] = [
  { metric: "accuracy-drop", comparison: "at-most", limit: 0.5 },
  { metric: "integer-kernels", comparison: "at-least", limit: 0.9 },
];
const INT8: RecipePass = {
  pass: "int8-static",
  perChannel: true,
  observer: "min-max",
  activations: "int8",
  kernels: "tflite",
  reduceRange: false,
  calibrationSamples: 64,
  exclude: [],
};
const exported = (format: "ort" | "tflite"): RecipePass => ({ pass: "export", format, dimensions: {} });

let worker: TestWorker;
let modelVersionId: string;
let testDataSetId: string;
let calibrationDataSetId: string;

beforeAll(async () => {
  worker = await startTestWorker();
  const [model, tests, calibration] = await Promise.all([
    worker.upload("model", "mnist-cnn.onnx", samples.mnistCnn),
    worker.upload("data-set", "mnist-test-1000.zip", samples.mnistTestZip),
    worker.upload("data-set", "mnist-calibration-256.zip", samples.mnistCalibrationZip),
  ]);
  modelVersionId = model.modelVersionId ?? "";
  testDataSetId = tests.dataSetId ?? "";
  calibrationDataSetId = calibration.dataSetId ?? "";
}, 90_000);
afterAll(() => worker?.stop());

const ended = (id: string): Promise<Job> =>
  waitFor(async () => {
    const row = await worker.database.db.prisma.job.findUniqueOrThrow({ where: { id } });
    return row.finishedAt === null ? null : row;
  }, 100_000);

async function run(name: string, passes: RecipePass[]): Promise<{ variant: Variant; report: ValidationReport }> {
  const recipe: Recipe = { schemaVersion: 1, name, passes: [{ pass: "simplify" }, ...passes] };
  const { prisma } = worker.database.db;
  const id = await worker.database.db.transaction(async (tx) => {
    const data = {
      organisationId: ORGANISATION,
      modelVersionId,
      recipe,
      gates: GATES,
      calibrationDataSetId,
      testDataSetId,
      createdBy: "tester",
    };
    const row = await tx.job.create({ data: { ...data, kind: "optimise", state: "QUEUED" } });
    await worker.queue.enqueue(tx, "optimise", { organisationId: ORGANISATION, jobId: row.id });
    return row.id;
  });
  const job = await ended(id);
  expect([job.state, job.errorMessage]).toEqual(["SUCCEEDED", null]);
  const variant = await prisma.variant.findUniqueOrThrow({ where: { id: job.variantId ?? "" } });
  return { variant, report: variant.report as unknown as ValidationReport };
}

const magic = async ({ sha256 }: Variant) => (await buffer(await worker.blob.open(sha256))).subarray(4, 8).toString();

test("TFLite int8 and ORT files of one quantised model answer alike, each measured by its own runtime", { timeout: 240_000 }, async () => {
  const tflite = await run("TFLite int8", [INT8, exported("tflite")]);
  const ort = await run("ORT", [INT8, exported("ort")]);
  expect([tflite, ort].map(({ variant }) => variant.format)).toEqual(["tflite", "ort"]);
  expect([await magic(tflite.variant), await magic(ort.variant)]).toEqual(["TFL3", "ORTM"]);
  // What an ORT file holds is the quantised graph itself, run by the same runtime.
  const accuracy = ort.report.accuracy?.variant ?? Number.NaN;
  for (const { report } of [tflite, ort]) {
    expect(Math.abs((report.accuracy?.variant ?? Number.NaN) - accuracy)).toBeLessThanOrEqual(0.005);
    expect(report.latency.variant.runs).toBeGreaterThanOrEqual(20);
    expect(report.peakMemoryBytes.variant).toBeGreaterThan(0);
    // Which kernels it chose is known of ONNX files alone.
    expect(report.gates.map(({ verdict }) => verdict)).toEqual(["pass", "not-measurable"]);
  }
  expect(tflite.variant.tensors as unknown as FileTensors).toMatchObject({
    inputs: [{ name: "image", type: "int8", shape: [1, 28, 28, 1], scale: expect.any(Number), zeroPoint: expect.any(Number) }],
    outputs: [{ type: "int8", shape: [1, 10] }],
  });
  expect([tflite.variant.warnings, ort.variant.tensors]).toEqual([[], null]);
});

test("a TFLite file that the runtime here refuses is not measured: the job ends well, its log says why, and there is no report", async () => {
  const { prisma } = worker.database.db;
  const bytes = Buffer.concat([Buffer.from([20, 0, 0, 0]), Buffer.from("TFL3"), Buffer.alloc(64)]);
  const { sha256 } = await worker.blob.put(Readable.from([bytes]), { maxBytes: bytes.length });
  const tensor = { name: "image", type: "int8", shape: [1, 28, 28, 1], perm: [0, 1, 2, 3], scale: 1, zeroPoint: 0 };
  const row = { organisationId: ORGANISATION, modelVersionId, name: "newer", cacheKey: "newer", opset: 17, format: "tflite" };
  const recipe: Recipe = { schemaVersion: 1, name: "newer", passes: [exported("tflite")] };
  const tensors: FileTensors = { inputs: [tensor], outputs: [tensor] };
  const variant = await prisma.variant.create({ data: { ...row, recipe, sha256, sizeBytes: bytes.length, tensors } });
  const id = await worker.database.db.transaction(async (tx) => {
    const job = {
      organisationId: ORGANISATION,
      modelVersionId,
      recipe,
      gates: GATES,
      testDataSetId,
      variantId: variant.id,
      createdBy: "tester",
    };
    const { id: jobId } = await tx.job.create({ data: { ...job, kind: "validate", state: "QUEUED" } });
    await worker.queue.enqueue(tx, "validate", { organisationId: ORGANISATION, jobId });
    return jobId;
  });
  const job = await ended(id);
  expect([job.state, job.errorMessage]).toEqual(["SUCCEEDED", null]);
  expect((await prisma.variant.findUniqueOrThrow({ where: { id: variant.id } })).report).toBeNull();
  const log = await prisma.jobLog.findMany({ where: { jobId: id, level: "warning" } });
  expect(log.map(({ message }) => message).join("\n")).toMatch(/not measurable here\. TensorFlow Lite could not open the file/);
}, 60_000);

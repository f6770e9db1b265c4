import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  activationsSchema,
  nodeTimesSchema,
  type Recipe,
  RELEASE_PAYLOAD_TYPE,
  releaseManifestSchema,
  type ValidationGate,
  type ValidationReport,
  validationReportSchema,
} from "@flotilla/contracts";
import type { JobProgress } from "@flotilla/contracts/views";
import type { Job } from "@flotilla/db";
import { samples } from "@flotilla/samples";
import { loadOrCreateSigner } from "@flotilla/trust/sign";
import { readNpy } from "@flotilla/validate/npy";
import { buffer } from "node:stream/consumers";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zipOf } from "./testing/hostile-archives.ts";
import { ORGANISATION, startTestWorker, type TestWorker, waitFor } from "./testing/start-test-worker.ts";

const gates: ValidationGate[] = [
  { metric: "accuracy-drop", comparison: "at-most", limit: 0.5 },
  { metric: "agreement", comparison: "at-least", limit: 0.99 },
];
const INT8: Recipe = {
  schemaVersion: 1,
  name: "int8 static, per channel",
  passes: [
    { pass: "simplify" },
    {
      pass: "int8-static",
      perChannel: true,
      observer: "min-max",
      activations: "uint8",
      reduceRange: false,
      calibrationSamples: 128,
      exclude: [],
    },
  ],
};

let worker: TestWorker;
let modelVersionId: string;
let testDataSetId: string;
let calibrationDataSetId: string;

beforeAll(async () => {
  worker = await startTestWorker();
  const [model, test, calibration] = await Promise.all([
    worker.upload("model", "mnist-cnn.onnx", samples.mnistCnn),
    worker.upload("data-set", "mnist-test-1000.zip", samples.mnistTestZip),
    worker.upload("data-set", "mnist-calibration-256.zip", samples.mnistCalibrationZip),
  ]);
  expect([model.errorMessage, test.errorMessage, calibration.errorMessage]).toEqual([null, null, null]);
  modelVersionId = model.modelVersionId ?? "";
  testDataSetId = test.dataSetId ?? "";
  calibrationDataSetId = calibration.dataSetId ?? "";
}, 90_000);
afterAll(() => worker?.stop());

async function enqueue(recipe: Recipe): Promise<string> {
  return worker.database.db.transaction(async (tx) => {
    const data = { organisationId: ORGANISATION, modelVersionId, recipe, gates, calibrationDataSetId, testDataSetId, createdBy: "tester" };
    const job = await tx.job.create({ data: { ...data, kind: "optimise", state: "QUEUED" } });
    await worker.queue.enqueue(tx, "optimise", { organisationId: ORGANISATION, jobId: job.id });
    return job.id;
  });
}

const readJob = (id: string): Promise<Job> => worker.database.db.prisma.job.findUniqueOrThrow({ where: { id } });

const ended = (id: string, timeoutMs = 90_000): Promise<Job> =>
  waitFor(async () => {
    const job = await readJob(id);
    return ["SUCCEEDED", "FAILED", "CANCELLED"].includes(job.state) ? job : null;
  }, timeoutMs);

async function readReport(job: Job): Promise<ValidationReport> {
  const variant = await worker.database.db.prisma.variant.findUniqueOrThrow({ where: { id: job.variantId ?? "" } });
  return validationReportSchema.parse(variant.report);
}

test("an inspected model has a version, a source variant, and a card that fits it", async () => {
  const version = await worker.database.db.prisma.modelVersion.findUniqueOrThrow({
    where: { id: modelVersionId },
    include: { variants: true, model: true },
  });
  expect(version.model.name).toBe("mnist-cnn");
  expect(version.variants).toMatchObject([{ isSource: true, opset: 17, sha256: version.sha256 }]);
  expect(version.card).toMatchObject({ task: "classification", preprocessing: { width: 28, height: 28, channels: 1, layout: "nhwc" } });
  expect(version.inspection).toMatchObject({ format: "onnx", parameterCount: expect.any(Number), opsets: { "": 17 } });
});

test("an inspected data set has its labels by folder, and the archive itself is gone", async () => {
  const set = await worker.database.db.prisma.dataSet.findUniqueOrThrow({ where: { id: testDataSetId } });
  expect(set).toMatchObject({
    kind: "images",
    sampleCount: 1000,
    sampleShape: [28, 28, 1],
    classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
  });
  const labels = await buffer(await worker.blob.open(set.labelsSha256 ?? ""));
  expect([labels.length, labels.readInt32LE(0), labels.readInt32LE(4)]).toEqual([4000, 7, 2]);
  const uploads = await worker.database.db.prisma.upload.findMany({ where: { kind: "data-set" } });
  expect(await Promise.all(uploads.map(({ sha256 }) => worker.blob.stat(sha256 ?? "")))).toEqual([null, null]);
});

test("an array is a data set as it is; in a zip it may bring its labels along", { timeout: 30_000 }, async () => {
  const { prisma } = worker.database.db;
  const alone = await worker.upload("data-set", "digits.npy", samples.mnistTestImages);
  expect(await prisma.dataSet.findUniqueOrThrow({ where: { id: alone.dataSetId ?? "" } })).toMatchObject({
    kind: "npy",
    sha256: alone.sha256,
    sampleCount: 1000,
    sampleShape: [28, 28],
    classNames: [],
    labelsSha256: null,
  });
  const zip = await zipOf([
    { name: "digits/images.npy", content: readFileSync(samples.mnistCalibrationImages) },
    { name: "digits/labels.npy", content: readFileSync(samples.mnistCalibrationLabels) },
  ]);
  const labelled = await worker.upload("data-set", "digits.zip", zip);
  const set = await prisma.dataSet.findUniqueOrThrow({ where: { id: labelled.dataSetId ?? "" } });
  expect([set.kind, set.sampleCount, set.classNames]).toEqual(["npy", 256, Array.from({ length: 10 }, (_, digit) => String(digit))]);
  expect(await worker.blob.stat(set.labelsSha256 ?? "")).toEqual({ sizeBytes: 1024 });
});

test("static int8 of MNIST stays within half a point, is smaller, and its report has every number", { timeout: 120_000 }, async () => {
  const id = await enqueue(INT8);
  const steps = new Set<string>();
  const job = await waitFor(async () => {
    const now = await readJob(id);
    const progress = now.progress as JobProgress | null;
    if (progress !== null) steps.add(progress.step);
    return now.finishedAt === null ? null : now;
  }, 100_000);
  expect([job.state, job.errorMessage]).toEqual(["SUCCEEDED", null]);
  const report = await readReport(job);
  expect(report.accuracy).toMatchObject({ source: 0.994, labelled: 1000 });
  expect(report.accuracy?.variant).toBeGreaterThanOrEqual(0.989);
  expect(report.sizeBytes.variant).toBeLessThan(report.sizeBytes.source * 0.4);
  expect(report.sizeBytes.variantCompressed).toBeLessThan(report.sizeBytes.variant);
  expect(report.latency.variant.runs).toBeGreaterThanOrEqual(20);
  expect(report.confusion?.flat().reduce((a, b) => a + b)).toBe(1000);
  if (process.platform === "linux") expect(report.peakMemoryBytes.variant).toBeGreaterThan(30e6);
  expect([report.passed, report.gates.map(({ verdict }) => verdict)]).toEqual([true, ["pass", "pass"]]);
  expect([...steps]).toContain("measuring-accuracy");
  const log = await worker.database.db.prisma.jobLog.findMany({ where: { jobId: id }, orderBy: { id: "asc" } });
  expect(log.map(({ message }) => message).join("\n")).toMatch(/Calibrated on 128 of 256 samples/);
  expect(log.find(({ level }) => level === "warning" || level === "warn")?.message).toMatch(/8-bit weights saturate on x86/);
  await expect.poll(() => worker.filesIn("tmp"), { timeout: 2_000 }).toEqual([]);
  await expectDetail(job.variantId ?? "");
});

/** What a screen asks for besides the report: the histograms of calibration, and the time of each node of both models. */
async function expectDetail(variantId: string): Promise<void> {
  const { prisma } = worker.database.db;
  const detail = await prisma.variantDetail.findUniqueOrThrow({ where: { variantId } });
  const { observer, sampleCount, omitted, tensors } = activationsSchema.parse(detail.activations);
  expect({ observer, sampleCount, omitted }).toEqual({ observer: "min-max", sampleCount: 32, omitted: 0 });
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  // The pixels come first, 784 in each of the samples.
  expect(tensors[0]).toMatchObject({ observed: { min: 0, max: 1 }, chosen: { min: 0, max: 1 } });
  expect(sum(tensors[0]?.counts ?? [])).toBe(784 * 32);
  for (const { counts, clippedShare } of tensors) expect([sum(counts) % 32, clippedShare]).toEqual([0, 0]);
  // A Relu that is absorbed names the convolution in front of it, which is what the variant still has.
  const relu = tensors.find(({ operator }) => operator === "Relu");
  expect(relu?.nodes).toHaveLength(2);
  expect(nodeTimesSchema.parse(detail.nodeTimes).nodes.length).toBeGreaterThan(10);
  const source = await prisma.variant.findFirstOrThrow({ where: { modelVersionId, isSource: true }, include: { detail: true } });
  expect(nodeTimesSchema.parse(source.detail?.nodeTimes).totalMs).toBeGreaterThan(0);
}

test("the same recipe again takes the same bytes from the store", { timeout: 90_000 }, async () => {
  const job = await ended(await enqueue({ ...INT8, name: "the same under another name" }));
  expect(job.state).toBe("SUCCEEDED");
  const variants = await worker.database.db.prisma.variant.findMany({ where: { modelVersionId, isSource: false } });
  expect(variants.map(({ name }) => name)).toEqual(["the same under another name"]);
  // What was said when the bytes were made is said of them again.
  expect(variants[0]?.warnings).toMatchObject([{ code: "MAY_SATURATE", params: {} }]);
});

test.each<[string, Recipe["passes"]]>([
  ["fp16", [{ pass: "fp16", keepIo: true }]],
  ["int8 dynamic", [{ pass: "int8-dynamic", perChannel: true }]],
  ["operator set 9", [{ pass: "opset", opset: 9 }]],
])("%s of MNIST runs and agrees with its source", { timeout: 90_000 }, async (name, passes) => {
  const job = await ended(await enqueue({ schemaVersion: 1, name, passes }));
  expect([job.state, job.errorMessage]).toEqual(["SUCCEEDED", null]);
  expect((await readReport(job)).agreement).toBeGreaterThanOrEqual(0.99);
  const [last] = passes.slice(-1);
  if (last?.pass === "opset")
    expect(await worker.database.db.prisma.variant.findUnique({ where: { id: job.variantId ?? "" } })).toMatchObject({ opset: last.opset });
});

test("a cancelled job stops at once and leaves nothing behind", { timeout: 60_000 }, async () => {
  const id = await enqueue({ ...INT8, passes: [{ pass: "simplify" }] });
  await waitFor(async () => ((await readJob(id)).state === "RUNNING" ? true : null), 20_000);
  await worker.database.db.transaction(async (tx) => {
    await tx.job.update({ where: { id }, data: { state: "CANCELLED", cancelRequestedAt: new Date(), finishedAt: new Date() } });
    await tx.$executeRawUnsafe("SELECT pg_notify('flotilla_live', $1)", JSON.stringify({ organisationId: ORGANISATION, topic: "job", id }));
  });
  await expect.poll(() => worker.filesIn("tmp"), { timeout: 2_000 }).toEqual([]);
  expect((await readJob(id)).state).toBe("CANCELLED");
});

describe("build-release", () => {
  test("signs a manifest whose files are in the store, with a golden set spread over the classes", { timeout: 60_000 }, async () => {
    const { prisma } = worker.database.db;
    const version = await prisma.modelVersion.findUniqueOrThrow({ where: { id: modelVersionId }, include: { variants: true } });
    const gates = { goldenAgreementMin: 0.9, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null };
    const release = await worker.database.db.transaction(async (tx) => {
      const base = {
        organisationId: ORGANISATION,
        modelId: version.modelId,
        modelVersionId,
        name: "mnist 1",
        counter: 1,
        createdBy: "tester",
      };
      const variantIds = version.variants.map(({ id }) => id);
      const row = await tx.release.create({
        data: { ...base, variantIds, goldenDataSetId: testDataSetId, goldenCount: 20, gates, state: "BUILDING" },
      });
      await worker.queue.enqueue(tx, "build-release", { organisationId: ORGANISATION, releaseId: row.id });
      return row;
    });
    const built = await waitFor(async () => {
      const now = await prisma.release.findUniqueOrThrow({ where: { id: release.id } });
      return now.state === "BUILDING" ? null : now;
    }, 40_000);
    expect([built.state, built.errorMessage]).toEqual(["READY", null]);
    const manifest = releaseManifestSchema.parse(built.manifest);
    expect(manifest.golden.count).toBe(20);
    const [input] = manifest.golden.inputs;
    expect(readNpy(await buffer(await worker.blob.open(input?.sha256 ?? ""))).shape).toEqual([20, 28, 28, 1]);
    const [output] = manifest.golden.outputs;
    const outputs = readNpy(await buffer(await worker.blob.open(output?.sha256 ?? "")));
    expect(outputs.shape).toEqual([20, 10]);
    const signer = await loadOrCreateSigner(join(worker.directory, "secrets"));
    expect(built.envelope).toEqual(signer.sign(RELEASE_PAYLOAD_TYPE, Buffer.from(JSON.stringify(manifest))));
  });
});

test.each<[NodeJS.Signals, number | null]>([
  ["SIGKILL", null],
  ["SIGTERM", 0],
])("the job of a worker that got %s is finished by another, and nothing is left behind", { timeout: 120_000 }, async (signal, exitCode) => {
  const other = await startTestWorker({}, { started: false });
  try {
    const victim = fork(fileURLToPath(new URL("./main.ts", import.meta.url)), [], {
      env: {
        DATABASE_URL: other.database.url,
        BLOB_DIR: join(other.directory, "blobs"),
        SECRETS_DIR: join(other.directory, "secrets"),
        TEMP_DIR: join(other.directory, "tmp"),
        LOG_LEVEL: "silent",
      },
    });
    const model = await other.upload("model", "mnist-cnn.onnx", samples.mnistCnn);
    const set = await other.upload("data-set", "digits.zip", samples.mnistTestZip);
    const { db } = other.database;
    const job = await db.transaction(async (tx) => {
      const data = {
        organisationId: ORGANISATION,
        modelVersionId: model.modelVersionId ?? "",
        recipe: { ...INT8, passes: [{ pass: "simplify" }] },
        gates,
        testDataSetId: set.dataSetId,
        createdBy: "tester",
      };
      const row = await tx.job.create({ data: { ...data, kind: "optimise", state: "QUEUED" } });
      await other.queue.enqueue(tx, "optimise", { organisationId: ORGANISATION, jobId: row.id });
      return row;
    });
    await waitFor(
      async () => ((await db.prisma.job.findUniqueOrThrow({ where: { id: job.id } })).state === "RUNNING" ? true : null),
      20_000,
    );
    victim.kill(signal);
    expect(await once(victim, "exit")).toEqual([exitCode, exitCode === null ? signal : null]);
    const rescuer = other.createWorker();
    await rescuer.start();
    const done = await waitFor(async () => {
      const now = await db.prisma.job.findUniqueOrThrow({ where: { id: job.id } });
      return now.finishedAt === null ? null : now;
    }, 60_000);
    await rescuer.stop();
    expect([done.state, done.attempts]).toEqual(["SUCCEEDED", 2]);
    await expect.poll(() => other.filesIn("tmp"), { timeout: 2_000 }).toEqual([]);
  } finally {
    await other.stop();
  }
});

import { createHash } from "node:crypto";
import { type SearchFindings, type SearchGoal, searchFindingsSchema, type ValidationReport } from "@flotilla/contracts";
import type { Job } from "@flotilla/db";
import { samples } from "@flotilla/samples";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ORGANISATION, startTestWorker, type TestWorker, waitFor } from "./testing/start-test-worker.ts";

const GOAL: SearchGoal = {
  targetProfile: "x64-avx2",
  maxSizeBytes: 70_000,
  maxLatencyMs: null,
  minSpeedup: null,
  minAgreement: 0.98,
  maxAccuracyDrop: null,
};

let worker: TestWorker;
let modelVersionId: string;
let testDataSetId: string;
let calibrationDataSetId: string;

beforeAll(async () => {
  worker = await startTestWorker();
  const [model, tests, calibration] = await Promise.all([
    worker.upload("model", "mnist-mobilenet.onnx", samples.mnistMobilenet),
    worker.upload("data-set", "mnist-test-1000.zip", samples.mnistTestZip),
    worker.upload("data-set", "mnist-calibration-256.zip", samples.mnistCalibrationZip),
  ]);
  modelVersionId = model.modelVersionId ?? "";
  testDataSetId = tests.dataSetId ?? "";
  calibrationDataSetId = calibration.dataSetId ?? "";
}, 90_000);
afterAll(() => worker?.stop());

async function enqueue(goal: SearchGoal): Promise<string> {
  return worker.database.db.transaction(async (tx) => {
    const recipe = { schemaVersion: 1, name: "goal", passes: [] };
    const data = {
      organisationId: ORGANISATION,
      modelVersionId,
      recipe,
      gates: [],
      calibrationDataSetId,
      testDataSetId,
      createdBy: "tester",
    };
    const search = { create: { organisationId: ORGANISATION, goal, steeringDataSetId: calibrationDataSetId } };
    const job = await tx.job.create({ data: { ...data, kind: "search", state: "QUEUED", search } });
    await worker.queue.enqueue(tx, "search", { organisationId: ORGANISATION, jobId: job.id });
    return job.id;
  });
}

const ended = (id: string): Promise<Job> =>
  waitFor(async () => {
    const job = await worker.database.db.prisma.job.findUniqueOrThrow({ where: { id } });
    return ["SUCCEEDED", "FAILED", "CANCELLED"].includes(job.state) ? job : null;
  }, 150_000);

async function findingsOf(id: string): Promise<SearchFindings | null> {
  const { findings } = await worker.database.db.prisma.search.findUniqueOrThrow({ where: { jobId: id } });
  return findings === null ? null : searchFindingsSchema.parse(findings);
}

test("a goal that can be met: candidates appear one by one, one is recommended, made by its recipe and proved on data that the search never saw", async () => {
  const id = await enqueue(GOAL);
  const early = await waitFor(async () => {
    const findings = await findingsOf(id);
    return (findings?.candidates.length ?? 0) > 0 ? findings : null;
  }, 90_000);
  expect(early?.verdict).toBeNull();
  const job = await ended(id);
  expect(job).toMatchObject({ state: "SUCCEEDED", errorMessage: null });
  const findings = await findingsOf(id);
  const recommended = findings?.candidates[findings.verdict?.candidate ?? -1];
  expect(findings?.verdict?.why.sentence).toMatch(/meets the goal: \d/);
  expect(recommended).toMatchObject({ meets: true });
  const variant = await worker.database.db.prisma.variant.findUniqueOrThrow({ where: { id: job.variantId ?? "" } });
  // The recipe makes the bytes that were measured.
  expect(Number(variant.sizeBytes)).toBe(recommended?.measured?.sizeBytes);
  expect(Number(variant.sizeBytes)).toBeLessThanOrEqual(70_000);
  const bytes = await buffer(await worker.blob.open(variant.sha256));
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(variant.sha256);
  const report = variant.report as unknown as ValidationReport;
  expect(report.sampleCount).toBe(1000);
  expect(report.agreement).toBeGreaterThanOrEqual(0.98);
}, 200_000);

test("a goal that nothing meets is answered with the nearest, by how much it misses, and why", async () => {
  const job = await ended(await enqueue({ ...GOAL, maxSizeBytes: 10_000, minAgreement: 0.999 }));
  expect(job).toMatchObject({ state: "SUCCEEDED", variantId: null });
  const findings = await findingsOf(job.id);
  expect(findings?.verdict).toMatchObject({
    outcome: "nothing",
    why: { sentence: expect.stringMatching(/^Nothing meets the goal; the nearest/) },
  });
  expect(findings?.sensitivity.length).toBeGreaterThan(10);
}, 200_000);

test("one that is stopped keeps what it found and gives its verdict on that", async () => {
  const id = await enqueue({ ...GOAL, maxSizeBytes: 10_000, minAgreement: 0.9999 });
  await waitFor(async () => ((await findingsOf(id))?.candidates.length ? true : null), 90_000);
  await worker.database.db.prisma.search.update({ where: { jobId: id }, data: { stopRequestedAt: new Date() } });
  const job = await ended(id);
  expect(job).toMatchObject({ state: "SUCCEEDED" });
  expect((await findingsOf(id))?.verdict).toMatchObject({ outcome: "nothing" });
}, 120_000);

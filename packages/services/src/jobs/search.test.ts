import type { SearchFindings, SearchGoal } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type AddedVersion,
  addDataSet,
  addModelVersion,
  createTestContext,
  type TestContext,
  type TestOrganisation,
} from "../testing/index.ts";
import { isSearchStopped, loadSearch, recordFindings } from "../worker/search-findings.ts";
import { getSearch } from "./get-search.ts";
import { retryJob } from "./retry-job.ts";
import { searchVersion } from "./search-version.ts";
import { stopSearch } from "./stop-search.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
let added: AddedVersion;
let calibrationDataSetId: string;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
  added = await addModelVersion(world.ctx, engineer());
  calibrationDataSetId = (await addDataSet(world.ctx, engineer())).id;
});

const engineer = () => mine.actor.engineer;
const goal: SearchGoal = {
  targetProfile: "x64-avx2",
  maxSizeBytes: 60_000,
  maxLatencyMs: null,
  minSpeedup: null,
  minAgreement: 0.99,
  maxAccuracyDrop: null,
};
const start = (change: Partial<SearchGoal> = {}) =>
  searchVersion(world.ctx, engineer(), {
    modelVersionId: added.version.id,
    goal: { ...goal, ...change },
    calibrationDataSetId,
    steeringDataSetId: null,
    testDataSetId: null,
    gates: [],
  });
const findings: SearchFindings = {
  plan: { version: 1, records: [] },
  metric: "agreement",
  source: { sizeBytes: 100_000, score: 1, latencyMs: 0.2 },
  machine: "AMD EPYC (avx2)",
  candidates: [],
  sensitivity: [],
  verdict: null,
};
const setState = (id: string, state: string) => world.ctx.db.prisma.job.update({ where: { id }, data: { state } });

test("a search steers by its calibration data unless it is given other data, and waits in the queue", async () => {
  const { jobId } = await start();
  expect((await world.queued("search")).map((job) => job.jobId)).toContain(jobId);
  const search = await loadSearch(world.ctx, { id: jobId, organisationId: mine.organisationId });
  expect(search).toMatchObject({ goal, steering: { id: calibrationDataSetId }, findings: null });
});

test("what was found is seen by readers of the organisation, and by nobody else", async () => {
  const { jobId } = await start();
  await recordFindings(world.ctx, { id: jobId, organisationId: mine.organisationId }, findings);
  expect(await getSearch(world.ctx, mine.actor.viewer, { id: jobId })).toMatchObject({
    goal,
    findings,
    measuredOnTarget: true,
    calibrationDataSetId,
    steeringDataSetId: calibrationDataSetId,
    testDataSetId: null,
    gates: [],
  });
  await expect(getSearch(world.ctx, other.actor.owner, { id: jobId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(stopSearch(world.ctx, other.actor.owner, { id: jobId })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test.each([
  ["x64-avx2", "AMD EPYC (avx512_vnni, avx2)", false],
  ["x64-vnni", "AMD EPYC (avx512_vnni, avx2)", true],
  ["x64-vnni", "Xeon (avx2)", false],
  ["arm64-cpu", "Cortex-A76 (asimddp, asimd)", true],
  ["arm64-cpu", "Xeon (avx2)", false],
])("a latency for %s measured on %s counts as measured there: %s", async (targetProfile, machine, expected) => {
  const { jobId } = await start({ targetProfile });
  await recordFindings(world.ctx, { id: jobId, organisationId: mine.organisationId }, { ...findings, machine });
  expect((await getSearch(world.ctx, engineer(), { id: jobId })).measuredOnTarget).toBe(expected);
});

describe("stop and retry", () => {
  test("a running search is stopped once, and the worker is told", async () => {
    const { jobId } = await start();
    const job = { id: jobId, organisationId: mine.organisationId };
    await expect(stopSearch(world.ctx, engineer(), { id: jobId })).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
    await setState(jobId, "RUNNING");
    expect(await isSearchStopped(world.ctx, job)).toBe(false);
    await stopSearch(world.ctx, engineer(), { id: jobId });
    expect(await isSearchStopped(world.ctx, job)).toBe(true);
    expect((await getSearch(world.ctx, engineer(), { id: jobId })).stopRequested).toBe(true);
  });

  test("a search that failed goes on from what it had found", async () => {
    const { jobId } = await start();
    await recordFindings(world.ctx, { id: jobId, organisationId: mine.organisationId }, findings);
    await setState(jobId, "FAILED");
    const again = await retryJob(world.ctx, engineer(), { id: jobId });
    expect(await loadSearch(world.ctx, { id: again.jobId, organisationId: mine.organisationId })).toMatchObject({ goal, findings });
  });
});

test.each([
  ["an unknown profile", { targetProfile: "toaster" }, "no device profile"],
  ["a limit of time for a profile that runs no ONNX file", { targetProfile: "edge-tpu", minSpeedup: 2 }, "Leave the limits of time out"],
])("%s is refused", async (_, change, sentence) => {
  await expect(start(change)).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining(sentence) as string });
});

test("a goal without limits of time may be for a profile that runs TFLite files alone", async () => {
  const { jobId } = await start({ targetProfile: "mcu-tflite", maxLatencyMs: null, minSpeedup: null });
  expect(jobId).not.toBe("");
});

test("a limit on lost accuracy needs labels", async () => {
  const arrays = await addDataSet(world.ctx, engineer(), { labelsSha256: null });
  calibrationDataSetId = arrays.id;
  await expect(start({ maxAccuracyDrop: 1 })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining("has no labels") as string,
  });
});

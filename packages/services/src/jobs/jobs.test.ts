import type { Recipe } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type AddedVersion,
  addDataSet,
  addModelVersion,
  createTestContext,
  testCard,
  type TestContext,
  type TestOrganisation,
} from "../testing/index.ts";
import { cancelJob } from "./cancel-job.ts";
import { getJob, listJobs } from "./list-jobs.ts";
import { optimiseVersion } from "./optimise-version.ts";
import { readJobLog } from "./read-job-log.ts";
import { retryJob } from "./retry-job.ts";
import { startValidation } from "./start-validation.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
let added: AddedVersion;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
  added = await addModelVersion(world.ctx, mine.actor.engineer);
});

const fp16: Recipe = { schemaVersion: 1, name: "fp16", passes: [{ pass: "fp16", keepIo: true }] };
const int8: Recipe = {
  schemaVersion: 1,
  name: "int8 static",
  passes: [
    {
      pass: "int8-static",
      perChannel: true,
      observer: "min-max",
      activations: "uint8",
      reduceRange: false,
      calibrationSamples: 64,
      exclude: [],
    },
  ],
};
const engineer = () => mine.actor.engineer;
const input = (recipes: Recipe[], sets: { calibration?: string; test?: string } = {}) => ({
  modelVersionId: added.version.id,
  recipes,
  calibrationDataSetId: sets.calibration ?? null,
  testDataSetId: sets.test ?? null,
  gates: [],
});
const waiting = async (name: string) => (await world.queued(name)).filter((job) => job.organisationId === mine.organisationId);

describe("optimise", () => {
  test("makes one job a recipe and puts each into the queue", async () => {
    const dataSet = await addDataSet(world.ctx, engineer());
    const { jobIds } = await optimiseVersion(world.ctx, engineer(), input([fp16, int8], { calibration: dataSet.id, test: dataSet.id }));
    expect(new Set((await waiting("optimise")).map((job) => job.jobId))).toEqual(new Set(jobIds));
    const jobs = await listJobs(world.ctx, mine.actor.viewer, { modelVersionId: added.version.id });
    expect(new Set(jobs.map((job) => job.recipe.name))).toEqual(new Set(["fp16", "int8 static"]));
    for (const job of jobs) expect(job).toMatchObject({ state: "QUEUED", createdBy: engineer().name, modelVersionId: added.version.id });
  });

  test("what a format cannot hold is refused by name of the recipe, with what to do", async () => {
    const exported: Recipe = {
      schemaVersion: 1,
      name: "TFLite, int8",
      passes: [
        { pass: "int8-dynamic", perChannel: true },
        { pass: "export", format: "tflite", dimensions: {} },
      ],
    };
    await expect(optimiseVersion(world.ctx, engineer(), input([fp16, exported]))).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringMatching(/"TFLite, int8" cannot be exported.*Take static int8/) as string,
      details: { problem: "dynamic-tflite" },
    });
    expect(await waiting("optimise")).toHaveLength(0);
  });

  test("calibration without data is refused by name of the recipe, and then none of the jobs exists", async () => {
    await expect(optimiseVersion(world.ctx, engineer(), input([fp16, int8]))).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringContaining("int8 static"),
    });
    expect(await listJobs(world.ctx, engineer(), {})).toEqual([]);
  });

  test("images for a model without preprocessing are refused before a job runs", async () => {
    added = await addModelVersion(world.ctx, engineer(), "bare", { ...testCard, preprocessing: null });
    const dataSet = await addDataSet(world.ctx, engineer());
    await expect(optimiseVersion(world.ctx, engineer(), input([fp16], { test: dataSet.id }))).rejects.toMatchObject({
      code: "PREPROCESSING_MISMATCH",
    });
    const arrays = await addDataSet(world.ctx, engineer(), { kind: "npy" });
    await expect(optimiseVersion(world.ctx, engineer(), input([fp16], { test: arrays.id }))).resolves.toMatchObject({
      jobIds: [expect.any(String)],
    });
  });

  test("another organisation's version and data sets are not found", async () => {
    const theirs = await addDataSet(world.ctx, other.actor.engineer);
    await expect(optimiseVersion(world.ctx, engineer(), input([fp16], { test: theirs.id }))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(optimiseVersion(world.ctx, other.actor.engineer, input([fp16]))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await waiting("optimise")).toEqual([]);
  });
});

test("validate measures a variant again", async () => {
  const dataSet = await addDataSet(world.ctx, engineer());
  const { jobId } = await startValidation(world.ctx, engineer(), { variantId: added.source.id, testDataSetId: dataSet.id, gates: [] });
  expect(await getJob(world.ctx, engineer(), { id: jobId })).toMatchObject({
    kind: "validate",
    variantId: added.source.id,
    state: "QUEUED",
  });
  expect(await waiting("validate")).toEqual([{ organisationId: mine.organisationId, jobId }]);
});

describe("cancel and retry", () => {
  async function addJob(state: string): Promise<string> {
    const { jobIds } = await optimiseVersion(world.ctx, engineer(), input([fp16]));
    await world.ctx.db.prisma.job.update({ where: { id: jobIds[0]! }, data: { state } });
    return jobIds[0]!;
  }

  test.each(["QUEUED", "RUNNING"])("%s + cancel → CANCELLED at once, the worker is told, the log says by whom", async (state) => {
    const id = await addJob(state);
    await cancelJob(world.ctx, engineer(), { id });
    expect(await getJob(world.ctx, engineer(), { id })).toMatchObject({
      state: "CANCELLED",
      error: { code: "CANCELLED" },
      finishedAt: expect.any(Date),
    });
    expect((await world.ctx.db.prisma.job.findUniqueOrThrow({ where: { id } })).cancelRequestedAt).not.toBeNull();
    const log = await readJobLog(world.ctx, engineer(), { jobId: id });
    expect(log.at(-1)?.message).toContain(engineer().name);
    expect(await readJobLog(world.ctx, engineer(), { jobId: id, afterId: log.at(-1)!.id })).toEqual([]);
    expect(await readJobLog(world.ctx, other.actor.owner, { jobId: id })).toEqual([]);
  });

  test.each(["SUCCEEDED", "FAILED", "CANCELLED"])("%s + cancel → refused", async (state) => {
    const id = await addJob(state);
    await expect(cancelJob(world.ctx, engineer(), { id })).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
  });

  test.each(["FAILED", "CANCELLED"])("%s + retry → a job of its own in the queue, the old one keeps its end", async (state) => {
    const id = await addJob(state);
    const { jobId } = await retryJob(world.ctx, engineer(), { id });
    expect(jobId).not.toBe(id);
    expect(await getJob(world.ctx, engineer(), { id: jobId })).toMatchObject({ state: "QUEUED", recipe: fp16, error: null, attempts: 0 });
    expect(await getJob(world.ctx, engineer(), { id })).toMatchObject({ state });
    expect((await waiting("optimise")).some((job) => job.jobId === jobId)).toBe(true);
  });

  test.each(["QUEUED", "RUNNING", "SUCCEEDED"])("%s + retry → refused", async (state) => {
    const id = await addJob(state);
    await expect(retryJob(world.ctx, engineer(), { id })).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
  });
});

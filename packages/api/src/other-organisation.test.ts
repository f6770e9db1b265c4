import {
  addDataSet,
  addModelVersion,
  createTestContext,
  testCard,
  type TestContext,
  type TestOrganisation,
} from "@flotilla/services/testing";
import { callTRPCProcedure, TRPCError } from "@trpc/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeError } from "./describe-error.ts";
import { appRouter } from "./root.ts";
import type { ApiContext } from "./trpc.ts";

/** The rows of another organisation that an owner of mine tries to reach by their ids. */
interface Foreign {
  modelId: string;
  versionId: string;
  variantId: string;
  dataSetId: string;
  jobId: string;
  uploadId: string;
  userId: string;
  deviceId: string;
  pendingId: string;
  groupId: string;
  releaseId: string;
  rolloutId: string;
  tokenId: string;
}

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
let foreign: Foreign;
beforeAll(async () => {
  world = await createTestContext();
  [mine, other] = await Promise.all([world.addOrganisation("mine"), world.addOrganisation("theirs")]);
  foreign = await addForeignRows();
});
afterAll(() => world.close());

async function addForeignRows(): Promise<Foreign> {
  const { ctx } = world;
  const { engineer } = other.actor;
  const { organisationId } = other;
  const { version, source } = await addModelVersion(ctx, engineer, "their model");
  const dataSet = await addDataSet(ctx, engineer);
  const job = await ctx.db.prisma.job.create({
    data: {
      organisationId,
      kind: "optimise",
      state: "FAILED",
      modelVersionId: version.id,
      recipe: source.recipe ?? {},
      gates: [],
      createdBy: engineer.userId,
    },
  });
  await ctx.db.prisma.search.create({ data: { jobId: job.id, organisationId, goal: {}, steeringDataSetId: dataSet.id } });
  await ctx.db.prisma.jobLog.create({ data: { organisationId, jobId: job.id, level: "info", message: "their log" } });
  const upload = await ctx.db.prisma.upload.create({
    data: { organisationId, kind: "model", fileName: "their.onnx", sizeBytes: 10, state: "UPLOADING", createdBy: engineer.userId },
  });
  return {
    modelId: version.modelId,
    versionId: version.id,
    variantId: source.id,
    dataSetId: dataSet.id,
    jobId: job.id,
    uploadId: upload.id,
    userId: other.actor.viewer.userId,
    ...(await addForeignFleet(version, source.id)),
  };
}

async function addForeignFleet(
  version: { id: string; modelId: string },
  variantId: string,
): Promise<Pick<Foreign, "deviceId" | "pendingId" | "groupId" | "releaseId" | "rolloutId" | "tokenId">> {
  const { prisma } = world.ctx.db;
  const { organisationId } = other;
  const createdBy = other.actor.engineer.userId;
  const profile = { profile: {}, profileName: "linux-x64-cpu", fingerprint: "f" };
  const device = await prisma.device.create({
    data: { organisationId, name: "their device", state: "ACTIVE", keySha256: "1", ...profile },
  });
  const pending = await prisma.device.create({
    data: { organisationId, name: "their pending", state: "PENDING", keySha256: "2", ...profile },
  });
  await prisma.deviceEvent.create({ data: { organisationId, deviceId: device.id, at: new Date(), kind: "enrolled" } });
  const group = await prisma.group.create({ data: { organisationId, name: "their group", kind: "dynamic" } });
  const release = await prisma.release.create({
    data: {
      organisationId,
      modelId: version.modelId,
      modelVersionId: version.id,
      name: "their release",
      counter: 1,
      variantIds: [variantId],
      gates: {},
      state: "READY",
      createdBy,
    },
  });
  const rollout = await prisma.rollout.create({
    data: { organisationId, name: "their rollout", releaseId: release.id, groupId: group.id, state: "RUNNING", gates: GATES, createdBy },
  });
  await prisma.rolloutStage.create({ data: { rolloutId: rollout.id, index: 0, organisationId, spec: STAGE, state: "RUNNING" } });
  const token = await prisma.enrolmentToken.create({
    data: { organisationId, name: "their token", tokenSha256: "t", maxUses: 1, expiresAt: new Date(Date.now() + 1e9), createdBy },
  });
  return { deviceId: device.id, pendingId: pending.id, groupId: group.id, releaseId: release.id, rolloutId: rollout.id, tokenId: token.id };
}

const STAGE = { name: "all", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 60, manual: false };
const GATES = { failureRateMax: 0.1, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null };
const DEVICE_GATES = {
  goldenAgreementMin: 0.9,
  latencyP95MaxMs: null,
  latencyP95MaxRatio: null,
  memoryMaxBytes: null,
  memoryMaxRatio: null,
};
const recipe = { schemaVersion: 1, name: "fp16", passes: [{ pass: "fp16" }] };

/** For every procedure that names rows: an input that names theirs. `null`: it names none, and must answer without any of theirs. */
const INPUTS: Record<string, ((rows: Foreign) => unknown) | null> = {
  "dataSets.delete": (rows) => ({ id: rows.dataSetId }),
  "dataSets.get": (rows) => ({ id: rows.dataSetId }),
  "dataSets.list": null,
  "dataSets.rename": (rows) => ({ id: rows.dataSetId, name: "mine now" }),
  "demo.get": null,
  "demo.set": null,
  "devices.accept": (rows) => ({ ids: [rows.pendingId] }),
  "devices.events": (rows) => ({ id: rows.deviceId }),
  "devices.get": (rows) => ({ id: rows.deviceId }),
  "devices.filterVocabulary": null,
  "devices.list": null,
  "devices.log": (rows) => ({ id: rows.deviceId }),
  "devices.metrics": (rows) => ({ id: rows.deviceId, hours: 24 }),
  "devices.reject": (rows) => ({ id: rows.pendingId }),
  "devices.rename": (rows) => ({ id: rows.deviceId, name: "mine now" }),
  "devices.revoke": (rows) => ({ id: rows.deviceId }),
  "devices.setTags": (rows) => ({ id: rows.deviceId, tags: { mine: "now" } }),
  "groups.count": null,
  "groups.create": (rows) => ({ name: "grab", kind: "static", filter: "", deviceIds: [rows.deviceId] }),
  "groups.delete": (rows) => ({ id: rows.groupId }),
  "groups.get": (rows) => ({ id: rows.groupId }),
  "groups.list": null,
  "groups.members": (rows) => ({ id: rows.groupId }),
  "groups.update": (rows) => ({ id: rows.groupId, name: "mine now", filter: "" }),
  "jobs.cancel": (rows) => ({ id: rows.jobId }),
  "jobs.findings": (rows) => ({ id: rows.jobId }),
  "jobs.get": (rows) => ({ id: rows.jobId }),
  "jobs.list": null,
  "jobs.log": (rows) => ({ jobId: rows.jobId }),
  "jobs.optimise": (rows) => ({
    modelVersionId: rows.versionId,
    recipes: [recipe],
    calibrationDataSetId: null,
    testDataSetId: null,
    gates: [],
  }),
  "jobs.retry": (rows) => ({ id: rows.jobId }),
  "jobs.search": (rows) => ({
    modelVersionId: rows.versionId,
    goal: { targetProfile: "x64-vnni", maxSizeBytes: 1, maxLatencyMs: null, minSpeedup: null, minAgreement: null, maxAccuracyDrop: null },
    calibrationDataSetId: rows.dataSetId,
    steeringDataSetId: null,
    testDataSetId: null,
    gates: [],
  }),
  "jobs.stopSearch": (rows) => ({ id: rows.jobId }),
  "jobs.validate": (rows) => ({ variantId: rows.variantId, testDataSetId: rows.dataSetId, gates: [] }),
  "live.events": null,
  "members.invite": null,
  "members.list": null,
  "members.remove": (rows) => ({ userId: rows.userId }),
  "members.setRole": (rows) => ({ userId: rows.userId, role: "owner" }),
  "models.archive": (rows) => ({ id: rows.modelId }),
  "models.convertAgain": (rows) => ({ versionId: rows.versionId, options: { layout: "nchw" } }),
  "models.get": (rows) => ({ id: rows.modelId }),
  "models.graphView": (rows) => ({ id: rows.variantId }),
  "models.lineage": (rows) => ({ id: rows.versionId }),
  "models.list": null,
  "models.redrawGraph": (rows) => ({ id: rows.variantId }),
  "models.rename": (rows) => ({ id: rows.modelId, name: "mine now" }),
  "models.retryTargetReport": (rows) => ({ id: rows.variantId }),
  "models.targetReport": (rows) => ({ id: rows.variantId }),
  "models.updateCard": (rows) => ({ versionId: rows.versionId, card: testCard }),
  "models.variantDetail": (rows) => ({ id: rows.variantId }),
  "models.version": (rows) => ({ id: rows.versionId }),
  "overview.get": null,
  "releases.create": (rows) => ({
    modelVersionId: rows.versionId,
    variantIds: [rows.variantId],
    goldenDataSetId: rows.dataSetId,
    goldenCount: 4,
    gates: DEVICE_GATES,
    acceptFailedGates: true,
  }),
  "releases.get": (rows) => ({ id: rows.releaseId }),
  "releases.list": null,
  "releases.invalidate": (rows) => ({ id: rows.releaseId, reason: "theirs" }),
  "releases.invalidationReach": (rows) => ({ id: rows.releaseId }),
  "releases.withdraw": (rows) => ({ id: rows.releaseId }),
  "rollouts.approve": (rows) => ({ id: rows.rolloutId, planSha256: "0".repeat(64) }),
  "rollouts.cancel": (rows) => ({ id: rows.rolloutId, mode: "keep" }),
  "rollouts.create": (rows) => ({
    name: "grab",
    releaseId: rows.releaseId,
    groupId: rows.groupId,
    stages: [STAGE],
    gates: GATES,
    start: true,
  }),
  "rollouts.devices": (rows) => ({ id: rows.rolloutId }),
  "rollouts.dots": (rows) => ({ id: rows.rolloutId }),
  "rollouts.get": (rows) => ({ id: rows.rolloutId }),
  "rollouts.halt": (rows) => ({ id: rows.rolloutId }),
  "rollouts.list": null,
  "rollouts.pause": (rows) => ({ id: rows.rolloutId }),
  "rollouts.preflight": (rows) => ({ releaseId: rows.releaseId, groupId: rows.groupId, stages: [STAGE] }),
  "rollouts.promote": (rows) => ({ id: rows.rolloutId }),
  "rollouts.refused": (rows) => ({ releaseId: rows.releaseId, groupId: rows.groupId }),
  "rollouts.reject": (rows) => ({ id: rows.rolloutId, planSha256: "0".repeat(64), reason: "no" }),
  "rollouts.resume": (rows) => ({ id: rows.rolloutId }),
  "rollouts.retry": (rows) => ({ id: rows.rolloutId }),
  "rollouts.revert": (rows) => ({ id: rows.rolloutId }),
  "rollouts.start": (rows) => ({ id: rows.rolloutId }),
  "rollouts.toDraft": (rows) => ({ id: rows.rolloutId }),
  "settings.organisation": null,
  "settings.renameOrganisation": null,
  "settings.rolloutPolicy": null,
  "settings.setRolloutPolicy": null,
  "tokens.create": (rows) => ({ name: "grab", groupId: rows.groupId, maxUses: 1, expiresInDays: 1 }),
  "tokens.list": null,
  "tokens.revoke": (rows) => ({ id: rows.tokenId }),
  "uploads.begin": (rows) => ({ kind: "model", fileName: "m.onnx", sizeBytes: 1, sha256: null, targetModelId: rows.modelId }),
  "uploads.cancel": (rows) => ({ id: rows.uploadId }),
  "uploads.get": (rows) => ({ id: rows.uploadId }),
  "uploads.list": null,
  "uploads.useSample": null,
};

/** Answers a row's absence by an empty list instead of an error. */
const EMPTY = new Set(["jobs.log"]);

type Answer = { code: string } | { data: unknown };

async function call(path: string, input: unknown): Promise<Answer> {
  const live = { subscribe: async function* () {}, stop: async () => undefined };
  const ctx: ApiContext = { services: world.ctx, actor: mine.actor.owner, isCurrent: () => Promise.resolve(true), live, crossSite: false };
  const { type } = (appRouter._def.procedures as unknown as Record<string, { _def: { type: "query" | "mutation" | "subscription" } }>)[
    path
  ]!._def;
  const request = {
    router: appRouter,
    path,
    getRawInput: async () => input,
    ctx,
    type,
    signal: new AbortController().signal,
    batchIndex: 0,
  };
  try {
    return { data: await callTRPCProcedure(request) };
  } catch (error) {
    if (error instanceof TRPCError) return { code: describeError(error).data.code };
    throw error;
  }
}

test("every procedure is in the table", () => {
  expect(Object.keys(INPUTS).toSorted()).toEqual(Object.keys(appRouter._def.procedures).toSorted());
});

test.each(Object.entries(INPUTS).flatMap(([path, input]) => (input === null ? [] : [[path, input] as const])))(
  "%s does not find another organisation's row, and leaves it as it was",
  async (path, input) => {
    const before = await snapshot();
    const answer = await call(path, input(foreign));
    expect(answer).toEqual(EMPTY.has(path) ? { data: [] } : { code: "NOT_FOUND" });
    expect(await snapshot()).toEqual(before);
  },
);

test.each(Object.keys(INPUTS).filter((path) => path.endsWith(".list") || path === "overview.get"))(
  "%s shows nothing of another organisation",
  async (path) => {
    const answer = await call(path, { filter: "" });
    expect(answer).toHaveProperty("data");
    const text = JSON.stringify(answer);
    for (const id of [other.organisationId, ...Object.values(foreign)]) expect(text).not.toContain(id);
  },
);

test("groups.count counts the caller's devices only", async () => {
  expect(await call("groups.count", { filter: "" })).toEqual({ data: { total: 0, online: 0 } });
});

/** Everything of the other organisation that a mutation could have changed. */
async function snapshot(): Promise<unknown> {
  const where = { organisationId: other.organisationId };
  const { prisma } = world.ctx.db;
  const rows = await Promise.all([
    prisma.model.findMany({ where }),
    prisma.modelVersion.findMany({ where }),
    prisma.graphView.findMany({ where }),
    prisma.targetReport.findMany({ where }),
    prisma.dataSet.findMany({ where }),
    prisma.job.findMany({ where }),
    prisma.upload.findMany({ where }),
    prisma.device.findMany({ where, orderBy: { id: "asc" } }),
    prisma.group.findMany({ where, include: { members: true } }),
    prisma.release.findMany({ where }),
    prisma.rollout.findMany({ where, include: { stages: true, decisions: true } }),
    prisma.rolloutDevice.findMany({ where, orderBy: [{ rolloutId: "asc" }, { deviceId: "asc" }] }),
    prisma.enrolmentToken.findMany({ where }),
    prisma.assignment.findMany({ where }),
    prisma.member.findMany({ where: { organizationId: other.organisationId }, orderBy: { id: "asc" } }),
  ]);
  return rows;
}

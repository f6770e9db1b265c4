import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addModelVersion, createTestContext, testCard, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { archiveModel } from "./archive-model.ts";
import { getModel } from "./get-model.ts";
import { getModelVersion } from "./get-model-version.ts";
import { listModels } from "./list-models.ts";
import { renameModel } from "./rename-model.ts";
import { updateCard } from "./update-card.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
const start = new Date("2026-01-01T12:00:00Z");
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.setNow(start);
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
});

const names = async (input: { search?: string; cursor?: string; limit?: number } = {}) =>
  (await listModels(world.ctx, mine.actor.viewer, { limit: 50, ...input })).items.map((item) => item.name);

async function addMany(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    world.setNow(new Date(start.getTime() + Math.floor(n / 2) * 1000));
    await addModelVersion(world.ctx, mine.actor.engineer, `model ${n}`);
  }
}

test("pages follow one another without a gap or a repeat, also where two models are equally old", async () => {
  await addMany(7);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listModels(world.ctx, mine.actor.viewer, { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.total).toBe(7);
    seen.push(...page.items.map((item) => item.name));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toHaveLength(7);
  expect(new Set(seen).size).toBe(7);
  expect(seen).toEqual(await names());
  expect(seen[0]).toBe("model 6");
});

test("a cursor of somebody's own making is refused", async () => {
  const forged = Buffer.from('["not a date","not an id"]').toString("base64url");
  for (const cursor of ["nonsense", forged]) await expect(names({ cursor })).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

test("search looks into names and takes % and _ as letters", async () => {
  await addModelVersion(world.ctx, mine.actor.engineer, "100% sure");
  await addModelVersion(world.ctx, mine.actor.engineer, "100 sure");
  await addModelVersion(world.ctx, other.actor.engineer, "100% theirs");
  expect(await names({ search: "100%" })).toEqual(["100% sure"]);
  expect(await names({ search: "SURE" })).toHaveLength(2);
});

test("a model says where it runs and how busy it was, hour by hour", async () => {
  const { version } = await addModelVersion(world.ctx, mine.actor.engineer, "busy");
  const { organisationId } = mine;
  const release = await world.ctx.db.prisma.release.create({
    data: {
      organisationId,
      modelId: version.modelId,
      modelVersionId: version.id,
      name: "busy 1",
      counter: 1,
      variantIds: [],
      gates: {},
      state: "READY",
      createdBy: mine.actor.engineer.userId,
    },
  });
  const device = await world.ctx.db.prisma.device.create({
    data: { organisationId, name: "d", state: "ACTIVE", keySha256: randomUUID(), fingerprint: "f", profile: {}, profileName: "p" },
  });
  await world.ctx.db.prisma.deviceStatus.create({ data: { deviceId: device.id, organisationId, runningReleaseId: release.id } });
  const metric = (hoursAgo: number, inferenceCount: number) => ({
    deviceId: device.id,
    organisationId,
    releaseId: release.id,
    at: new Date(start.getTime() - hoursAgo * 3_600_000 - 1000),
    windowSeconds: 5,
    inferenceCount,
    errorCount: 0,
    histogram: [],
    memoryBytes: 1,
  });
  await world.ctx.db.prisma.deviceMetric.createMany({ data: [metric(0, 5), metric(0.5, 6), metric(3, 7), metric(30, 100)] });
  const [item] = (await listModels(world.ctx, mine.actor.viewer, { limit: 50 })).items;
  expect(item).toMatchObject({
    name: "busy",
    format: "onnx",
    task: "classification",
    latestVersion: 1,
    versionCount: 1,
    variantCount: 1,
    sizeBytes: 1000,
    runsOn: 1,
  });
  expect(item?.inferenceSparkline).toHaveLength(24);
  expect(item?.inferenceSparkline.slice(-4)).toEqual([7, 0, 0, 11]);
  const view = await getModelVersion(world.ctx, mine.actor.viewer, { id: version.id });
  expect(view.runsOn).toEqual([{ releaseId: release.id, releaseName: "busy 1", deviceCount: 1 }]);
  expect(view.history.map((entry) => entry.kind).toSorted()).toEqual(["released", "uploaded"]);
});

test("an edited card is stored and remembered with its editor; means must fit the channels", async () => {
  const { version } = await addModelVersion(world.ctx, mine.actor.engineer);
  world.setNow(new Date(start.getTime() + 1000));
  await updateCard(world.ctx, mine.actor.engineer, { versionId: version.id, card: { ...testCard, labels: ["a", "b"] } });
  const view = await getModelVersion(world.ctx, mine.actor.viewer, { id: version.id });
  expect(view.card.labels).toEqual(["a", "b"]);
  expect(view.history[0]).toMatchObject({ kind: "card-edited", actor: mine.actor.engineer.name });
  const wrong = { ...testCard, preprocessing: { ...testCard.preprocessing!, channels: 3 as const, mean: [0, 0] } };
  await expect(updateCard(world.ctx, mine.actor.engineer, { versionId: version.id, card: wrong })).rejects.toMatchObject({
    code: "INVALID_INPUT",
  });
});

test("a name is unique in its organisation only", async () => {
  const first = await addModelVersion(world.ctx, mine.actor.engineer, "taken");
  const second = await addModelVersion(world.ctx, mine.actor.engineer, "free");
  await addModelVersion(world.ctx, other.actor.engineer, "theirs");
  await expect(renameModel(world.ctx, mine.actor.engineer, { id: second.version.modelId, name: "taken" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await renameModel(world.ctx, mine.actor.engineer, { id: first.version.modelId, name: "theirs" });
  expect(await getModel(world.ctx, mine.actor.viewer, { id: first.version.modelId })).toMatchObject({
    name: "theirs",
    versions: [{ version: 1 }],
  });
});

test("an archived model leaves the list and stays readable", async () => {
  const { version } = await addModelVersion(world.ctx, mine.actor.engineer, "old");
  await archiveModel(world.ctx, mine.actor.engineer, { id: version.modelId });
  expect(await names()).toEqual([]);
  expect(await getModel(world.ctx, mine.actor.viewer, { id: version.modelId })).toMatchObject({ name: "old" });
});

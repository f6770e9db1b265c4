import type { DeviceGates, ValidationReport } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  addDataSet,
  addDevice,
  addModelVersion,
  addVariant,
  createTestContext,
  type TestContext,
  type TestOrganisation,
} from "../testing/index.ts";
import { createRelease, type CreateReleaseInput } from "./create-release.ts";
import { getRelease, listReleases } from "./list-releases.ts";
import { withdrawRelease } from "./withdraw-release.ts";

let world: TestContext;
let mine: TestOrganisation;
let other: TestOrganisation;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  [mine, other] = await Promise.all([world.addOrganisation(), world.addOrganisation()]);
});

const gates: DeviceGates = {
  goldenAgreementMin: 0.99,
  latencyP95MaxMs: null,
  latencyP95MaxRatio: null,
  memoryMaxBytes: null,
  memoryMaxRatio: null,
};
const failingReport = {
  gates: [
    { gate: "top1-drop", verdict: "fail", sentence: "top-1 falls by 2.1 pp, limit 0.5 pp." },
    { gate: "size", verdict: "pass", sentence: "smaller." },
  ],
} as unknown as ValidationReport;

async function setup() {
  const { version, source } = await addModelVersion(world.ctx, mine.actor.engineer, `digits ${mine.organisationId}`);
  const golden = await addDataSet(world.ctx, mine.actor.engineer, { sampleCount: 10 });
  const input: CreateReleaseInput = {
    modelVersionId: version.id,
    variantIds: [source.id],
    goldenDataSetId: golden.id,
    goldenCount: 8,
    gates,
    acceptFailedGates: false,
  };
  return {
    version,
    source,
    golden,
    create: (change: Partial<CreateReleaseInput> = {}) => createRelease(world.ctx, mine.actor.engineer, { ...input, ...change }),
  };
}

test("each release of a line has the next counter, also when many are made at once, and its job waits", async () => {
  const { create } = await setup();
  const ids = await Promise.all([1, 2, 3, 4, 5].map(async () => (await create()).releaseId));
  const listed = await listReleases(world.ctx, mine.actor.viewer, {});
  expect(new Set(listed.map(({ counter }) => counter))).toEqual(new Set([1, 2, 3, 4, 5]));
  expect(listed.every(({ state, gatesPassed }) => state === "BUILDING" && gatesPassed)).toBe(true);
  const queued = await world.queued("build-release");
  expect(new Set(queued.map(({ releaseId }) => releaseId))).toEqual(new Set(ids));
});

test("a variant that fails a gate is refused with the gate's sentence, and released where somebody accepts that", async () => {
  const { create, version, source } = await setup();
  const worse = await addVariant(world.ctx, version, { name: "int8", sizeBytes: 300, report: failingReport });
  const refused = create({ variantIds: [source.id, worse.id] });
  await expect(refused).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("int8: top-1 falls by 2.1 pp") as string,
  });
  const { releaseId } = await create({ variantIds: [source.id, worse.id, worse.id], acceptFailedGates: true });
  const release = await getRelease(world.ctx, mine.actor.viewer, releaseId);
  expect(release).toMatchObject({ counter: 1, gatesPassed: false, variantNames: ["fp32 original", "int8"] });
  expect(release.name).toBe(`digits ${mine.organisationId} 1 · fp32 original, int8`);
});

test("a release holds variants of one version, and no more golden inputs than there are samples", async () => {
  const { create } = await setup();
  const { source: elsewhere } = await addModelVersion(world.ctx, mine.actor.engineer);
  const { source: theirs } = await addModelVersion(world.ctx, other.actor.engineer);
  const theirGolden = await addDataSet(world.ctx, other.actor.engineer);
  await expect(create({ variantIds: [elsewhere.id] })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  await expect(create({ variantIds: [theirs.id] })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(create({ goldenDataSetId: theirGolden.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(create({ goldenCount: 11 })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    message: expect.stringContaining("10 samples") as string,
  });
  expect(await listReleases(world.ctx, mine.actor.viewer, {})).toEqual([]);
});

test("withdrawing is for the organisation's own, and the list says on how many devices a release runs", async () => {
  const { create, source } = await setup();
  const { releaseId } = await create();
  const runs = { runningReleaseId: releaseId, runningVariantSha256: source.sha256 };
  for (const name of ["a", "b"]) await addDevice(world.ctx, mine.organisationId, { name, status: runs });
  await expect(withdrawRelease(world.ctx, other.actor.owner, releaseId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await withdrawRelease(world.ctx, mine.actor.engineer, releaseId);
  expect(await getRelease(world.ctx, mine.actor.viewer, releaseId)).toMatchObject({ state: "WITHDRAWN", runsOn: 2 });
  await expect(getRelease(world.ctx, other.actor.owner, releaseId)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

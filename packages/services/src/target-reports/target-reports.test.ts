import { TARGET_RULES_VERSION, type TargetReport } from "@flotilla/contracts/targets";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  addDevice,
  type AddedVersion,
  addModelVersion,
  createTestContext,
  type TestContext,
  type TestOrganisation,
} from "../testing/index.ts";
import { beginTargetReport, failTargetReport, finishTargetReport } from "../worker/make-target-report.ts";
import { getTargetReport, retryTargetReport } from "./get-target-report.ts";

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

const ask = () => getTargetReport(world.ctx, mine.actor.viewer, { id: added.source.id });
const queued = async () => (await world.queued("report-targets")).filter(({ organisationId }) => organisationId === mine.organisationId);
const report: TargetReport = { version: TARGET_RULES_VERSION, facts: null, edgeTpu: { state: "unreadable" }, opencv: null };

/** As the worker takes it up. */
async function begin() {
  const row = await world.ctx.db.prisma.targetReport.findFirstOrThrow({ where: { organisationId: mine.organisationId } });
  const made = await beginTargetReport(world.ctx, { organisationId: mine.organisationId, targetReportId: row.id });
  if (made === null) throw new Error("nothing to make");
  return made;
}

test("a report is started when somebody first looks, once for all who look, and given once it is there", async () => {
  const answers = await Promise.all([ask(), ask(), ask()]);
  for (const answer of answers) expect(answer).toEqual({ state: "BUILDING", step: "queued", report: null, error: null, measured: [] });
  expect(await queued()).toHaveLength(1);
  const { row, fileName } = await begin();
  expect(fileName).toMatch(/^[\p{L}\p{N}._-]+-1-[\p{L}\p{N}._-]+\.tflite$/u);
  await finishTargetReport(world.ctx, row, report);
  expect(await ask()).toMatchObject({ state: "READY", step: null, report });
  expect(await queued()).toHaveLength(1);
});

test("a report by other rules is made again", async () => {
  await ask();
  await finishTargetReport(world.ctx, (await begin()).row, report);
  await world.ctx.db.prisma.targetReport.updateMany({ data: { version: TARGET_RULES_VERSION + 1 } });
  expect(await ask()).toMatchObject({ state: "BUILDING", report: null });
  expect(await queued()).toHaveLength(2);
});

test("a report that failed says why, and is tried again only when somebody asks for it", async () => {
  await ask();
  await failTargetReport(world.ctx, (await begin()).row, { code: "TIMED_OUT", message: "It took too long." });
  const failed = { state: "FAILED", step: null, report: null, error: { code: "TIMED_OUT", message: "It took too long." }, measured: [] };
  expect([await ask(), await ask()]).toEqual([failed, failed]);
  expect(await retryTargetReport(world.ctx, mine.actor.engineer, { id: added.source.id })).toMatchObject({
    state: "BUILDING",
    error: null,
  });
  expect(await retryTargetReport(world.ctx, mine.actor.engineer, { id: added.source.id })).toMatchObject({ state: "BUILDING" });
  expect(await queued()).toHaveLength(2);
});

test("the source of a version that came as TFLite is judged with that file, its variants with their own", async () => {
  const uploadedSha256 = "e".repeat(64);
  await world.ctx.db.prisma.modelVersion.update({
    where: { id: added.version.id },
    data: { uploadedSha256, uploadedFormat: "tflite", uploadedSizeBytes: 1n },
  });
  await ask();
  const { row, fileName } = await begin();
  expect(row).toMatchObject({ modelSha256: added.version.sha256, fileSha256: uploadedSha256 });
  expect(fileName).toBe(added.version.fileName);
});

test("devices that run the variant now measure for their kind; other variants and kinds do not count", async () => {
  const { prisma } = world.ctx.db;
  const put = async (name: string, sha256: string, latencyP50Ms: number | null) => {
    const device = await addDevice(world.ctx, mine.organisationId, { name });
    await prisma.deviceStatus.update({
      where: { deviceId: device.id },
      data: { runningVariantSha256: sha256, latencyP50Ms, memoryBytes: 2000n },
    });
    return device;
  };
  const devices = [
    await put("a", added.version.sha256, 3),
    await put("b", added.version.sha256, 1),
    await put("c", added.version.sha256, 8),
    await put("d", added.version.sha256, null),
    await put("e", "f".repeat(64), 50),
  ];
  const runtimes = [{ name: "onnxruntime", version: "1.30.0", providers: ["cpu"], maxOpset: 21 }];
  await prisma.device.updateMany({
    where: { id: { in: devices.map(({ id }) => id) } },
    data: { profile: { arch: "arm64", cpuFlags: [], runtimes } },
  });
  expect((await ask()).measured).toEqual([{ profileId: "arm64-cpu", deviceCount: 4, latencyP50Ms: 3, memoryBytes: 2000 }]);
});

test("another organisation finds neither the variant nor its report", async () => {
  await ask();
  await expect(getTargetReport(world.ctx, other.actor.owner, { id: added.source.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(retryTargetReport(world.ctx, other.actor.owner, { id: added.source.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

import { randomBytes, randomUUID } from "node:crypto";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { ROUTES } from "./http/routes.ts";
import { metricsReport, securityReport, stateReport } from "./testing/reports.ts";
import { type TestDevice, TestStack } from "./testing/test-stack.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

/** Two organisations on one gateway: each has a device, and theirs has a release assigned. */
let stack: TestStack;
let mine: TestDevice;
let theirs: TestDevice;
let release: Awaited<ReturnType<TestStack["release"]>>;
const other = randomUUID();

beforeAll(async () => {
  stack = await TestStack.create();
  await stack.start();
  mine = await stack.enrol();
  theirs = await stack.enrol();
  release = await stack.release(randomBytes(1000));
  const { prisma } = stack.ctx.db;
  await prisma.organization.create({ data: { id: other, name: "Theirs", slug: "theirs" } });
  const where = { organisationId: stack.organisationId };
  await prisma.device.update({ where: { id: theirs.id }, data: { organisationId: other } });
  await prisma.deviceStatus.update({ where: { deviceId: theirs.id }, data: { organisationId: other } });
  for (const table of [prisma.model, prisma.modelVersion, prisma.variant, prisma.release] as {
    updateMany(args: unknown): Promise<unknown>;
  }[])
    await table.updateMany({ where, data: { organisationId: other } });
  await prisma.assignment.create({ data: { deviceId: theirs.id, organisationId: other, seq: 1, ...ids(release) } });
});
afterAll(async () => await stack.close());

const ids = ({ releaseId, variantId }: { releaseId: string; variantId: string }) => ({ releaseId, variantId });

/** What a device of mine tries on each call of the device API, and what it must get. */
const ATTEMPTS: Record<string, () => Promise<void>> = {
  "POST /device/v1/enrol": async () => {
    // The same key, asked for with a token of mine: a device of mine, not theirs under another name.
    const answer = await stack.askToEnrol(createDeviceKeyAndCsr(), await stack.token());
    const device = await stack.ctx.db.prisma.device.findUniqueOrThrow({ where: { id: String(answer.body?.["deviceId"]) } });
    expect(device.organisationId).toBe(stack.organisationId);
  },
  "POST /device/v1/renew": async () => {
    const { csrPem } = createDeviceKeyAndCsr();
    const answer = await mine.call("POST", "/device/v1/renew", { body: { csrPem, deviceId: theirs.id } });
    expect(answer.body?.["deviceId"] ?? mine.id).toBe(mine.id);
  },
  "GET /device/v1/assignment": async () => {
    expect((await mine.call("GET", `/device/v1/assignment?deviceId=${theirs.id}`)).status).not.toBe(200);
    expect((await mine.call("GET", "/device/v1/assignment", { headers: { "x-device-id": theirs.id } })).status).toBe(204);
  },
  "GET /device/v1/artifacts/*": async () => {
    expect((await theirs.call("GET", `/device/v1/artifacts/${release.sha256}`)).status).toBe(200);
    for (const headers of [{}, { range: "bytes=0-9" }, { "if-none-match": `"${release.sha256}"` }])
      expect((await mine.call("GET", `/device/v1/artifacts/${release.sha256}`, { headers })).status).toBe(404);
    expect((await mine.call("HEAD", `/device/v1/artifacts/${release.sha256}`)).status).toBe(404);
  },
  "POST /device/v1/reports": async () => {
    const running = { releaseId: release.releaseId, variantSha256: release.sha256 };
    const bootId = randomUUID();
    const reports = [
      { ...stateReport({ bootId, n: 0, phase: "ACTIVE", seq: 1, releaseId: release.releaseId, running }), deviceId: theirs.id },
      { ...metricsReport({ bootId, n: 1, releaseId: release.releaseId }), deviceId: theirs.id },
      { ...securityReport({ bootId, n: 2, releaseId: release.releaseId }), deviceId: theirs.id },
    ];
    await mine.call("POST", "/device/v1/reports", { body: { reports } });
  },
};

it("tries every call of the device API", () => {
  expect(Object.keys(ATTEMPTS).toSorted()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted());
});

it.each(Object.entries(ATTEMPTS))("%s reaches nothing of another organisation", async (_call, attempt) => {
  const before = await snapshot();
  await attempt();
  const after = await snapshot();
  expect(after).toEqual(before);
});

/** Every row that says something about their device; not what it fetched itself. */
async function snapshot(): Promise<unknown> {
  const { prisma } = stack.ctx.db;
  const where = { deviceId: theirs.id };
  return await Promise.all([
    prisma.device.findUniqueOrThrow({
      where: { id: theirs.id },
      omit: { certificateUsedAt: true, certificateSerial: true, certificateValidFrom: true },
    }),
    prisma.deviceStatus.findUniqueOrThrow({ where, omit: { lastSeenAt: true, lastSeenMinute: true } }),
    prisma.assignment.findUniqueOrThrow({ where }),
    prisma.deviceEvent.findMany({ where, orderBy: { at: "asc" } }),
    prisma.deviceMetric.findMany({ where }),
    prisma.release.findMany({ where: { organisationId: other } }),
    prisma.device.count({ where: { organisationId: other } }),
  ]);
}

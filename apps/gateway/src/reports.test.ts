import { randomUUID } from "node:crypto";
import type { Report } from "@flotilla/contracts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { metricsReport, securityReport, stateReport } from "./testing/reports.ts";
import { type TestDevice, TestStack } from "./testing/test-stack.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let stack: TestStack;
let device: TestDevice;
beforeAll(async () => {
  stack = await TestStack.create();
  await stack.start();
});
afterAll(async () => await stack.close());

async function send(...reports: Report[]): Promise<number> {
  const answer = await device.call("POST", "/device/v1/reports", { body: { reports } });
  expect(answer.status).toBe(200);
  return Number(answer.body?.["accepted"]);
}
const status = async () => await stack.ctx.db.prisma.deviceStatus.findUniqueOrThrow({ where: { deviceId: device.id } });
const phases = async () =>
  (await stack.ctx.db.prisma.deviceEvent.findMany({ where: { deviceId: device.id, kind: "state" }, orderBy: { at: "asc" } })).map(
    ({ phase }) => phase,
  );

describe("state reports", () => {
  it("are applied once, however often and in whatever order they arrive", async () => {
    device = await stack.enrol();
    const bootId = randomUUID();
    const [first, second, third] = (["PREFLIGHT", "DOWNLOADING", "VERIFYING"] as const).map((phase, n) =>
      stateReport({ bootId, n, phase }),
    );
    expect(await send(first!)).toBe(1);
    expect(await send(first!)).toBe(0);
    expect(await send(third!)).toBe(1);
    expect(await send(second!, third!, first!)).toBe(0);
    expect(await status()).toMatchObject({ phase: "VERIFYING", lastN: 2, bootId });
    expect(await phases()).toEqual(["PREFLIGHT", "VERIFYING"]);
  });

  it("of an earlier boot change nothing any more", async () => {
    device = await stack.enrol();
    const [before, after] = [randomUUID(), randomUUID()];
    await send(stateReport({ bootId: before, n: 40, phase: "PROBING" }));
    await send(stateReport({ bootId: after, n: 0, phase: "ACTIVE" }));
    expect(await send(stateReport({ bootId: before, n: 41, phase: "ROLLED_BACK" }))).toBe(0);
    expect(await send(stateReport({ bootId: after, n: 1, phase: "ACTIVE" }))).toBe(1);
    expect(await status()).toMatchObject({ phase: "ACTIVE", bootId: after, lastN: 1, earlierBootIds: [before] });
  });

  it("write history only where the phase, the assignment or the reason changed", async () => {
    device = await stack.enrol();
    const bootId = randomUUID();
    const progress = [0, 0.5, 1].map((fraction, n) => stateReport({ bootId, n, phase: "DOWNLOADING", progress: fraction }));
    const reason = { code: "PROBE_TOO_SLOW", message: "p95 31 ms, at most 20 ms" } as const;
    expect(await send(...progress, stateReport({ bootId, n: 3, phase: "ROLLED_BACK", reason }))).toBe(4);
    expect(await phases()).toEqual(["DOWNLOADING", "ROLLED_BACK"]);
    expect(await status()).toMatchObject({
      phase: "ROLLED_BACK",
      progress: null,
      reasonCode: "PROBE_TOO_SLOW",
      reasonMessage: reason.message,
    });
  });

  it("keep the last probe, and what runs and stands by", async () => {
    device = await stack.enrol();
    const bootId = randomUUID();
    const probe = {
      goldenCount: 8,
      goldenAgreement: 1,
      latencyP50Ms: 1,
      latencyP95Ms: 2,
      baselineP95Ms: null,
      memoryBytes: 1,
      baselineMemoryBytes: null,
    };
    const running = { releaseId: randomUUID(), variantSha256: "a".repeat(64) };
    await send(
      stateReport({ bootId, n: 0, phase: "ACTIVE", probe, running }),
      stateReport({ bootId, n: 1, phase: "ACTIVE", running, standby: running }),
    );
    expect(await status()).toMatchObject({ probe, runningReleaseId: running.releaseId, standbyVariantSha256: running.variantSha256 });
  });

  it("with an impossible clock are dated by the server", async () => {
    device = await stack.enrol();
    await send(stateReport({ at: "1970-01-01T00:00:07.000Z", phase: "ACTIVE" }));
    const event = await stack.ctx.db.prisma.deviceEvent.findFirstOrThrow({ where: { deviceId: device.id, kind: "state" } });
    expect(Math.abs(event.at.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it("of a device that was revoked are not applied", async () => {
    device = await stack.enrol();
    await stack.ctx.db.prisma.device.update({ where: { id: device.id }, data: { state: "REVOKED" } });
    const answer = await device.call("POST", "/device/v1/reports", { body: { reports: [stateReport({ phase: "ACTIVE" })] } });
    expect(answer.status).toBe(403);
    expect((await status()).phase).toBeNull();
  });
});

describe("metrics and security reports", () => {
  it("are stored once each, also after a later state report", async () => {
    device = await stack.enrol();
    const bootId = randomUUID();
    const metrics = metricsReport({ bootId, n: 1 });
    const security = securityReport({ bootId, n: 2 });
    await send(stateReport({ bootId, n: 3 }));
    expect(await send(metrics, security)).toBe(2);
    expect(await send(metrics, security)).toBe(0);
    const rows = await stack.ctx.db.prisma.deviceMetric.findMany({ where: { deviceId: device.id } });
    expect(rows).toMatchObject([{ inferenceCount: 10, latencyP95Ms: 2.5, memoryBytes: 5_000_000_000n, classCounts: { "7": 10 } }]);
    expect(await status()).toMatchObject({ latencyP95Ms: 2.5, memoryBytes: 5_000_000_000n });
    expect(await stack.securityEvents(device.id)).toEqual([
      { reasonCode: "SIGNATURE_INVALID", reasonMessage: "The signature does not match." },
    ]);
  });

  it("refuses a batch with a report that does not fit, and applies none of it", async () => {
    device = await stack.enrol();
    const reports = [stateReport({ phase: "ACTIVE" }), { ...metricsReport(), memoryBytes: -1 }];
    const answer = await device.call("POST", "/device/v1/reports", { body: { reports } });
    expect([answer.status, answer.body?.["code"]]).toEqual([400, "INVALID_INPUT"]);
    expect((await status()).phase).toBeNull();
  });
});

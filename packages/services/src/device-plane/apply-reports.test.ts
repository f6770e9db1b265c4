import { randomUUID } from "node:crypto";
import type { AgentPhase, StateReport } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestContext, goodProbe, type ReadyRelease, RolloutWorld, type TestContext } from "../testing/index.ts";
import { applyReports } from "./apply-reports.ts";

const PARALLEL = 64;
const allAtOnce = [
  { name: "all", target: { kind: "percent" as const, percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false },
];

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());

/** A report of a boot of its own, so that its number is its own too. */
function stateOf(phase: AgentPhase, release: ReadyRelease, fields: Partial<StateReport> = {}): StateReport {
  const running = phase === "ACTIVE" ? { releaseId: release.release.id, variantSha256: release.variant.sha256 } : null;
  return {
    kind: "state",
    bootId: randomUUID(),
    n: 0,
    at: new Date().toISOString(),
    seq: 1,
    phase,
    releaseId: release.release.id,
    variantSha256: release.variant.sha256,
    running,
    standby: null,
    ...(phase === "ACTIVE" ? { probe: goodProbe } : {}),
    ...fields,
  };
}

describe("reports that arrive at once", () => {
  let world: RolloutWorld;
  let release: ReadyRelease;
  let rolloutId: string;
  beforeAll(async () => {
    world = await RolloutWorld.create(context, PARALLEL);
    release = await world.release("parallel");
    rolloutId = await world.start(release, { stages: allAtOnce });
  });

  test("64 devices succeed, each by a report of its own: 64 are counted, and each has one line of history", async () => {
    const applied = await Promise.all(
      world.devices.map(({ id }) => applyReports(world.ctx, [{ deviceId: id, report: stateOf("ACTIVE", release) }])),
    );
    expect(applied.flat()).toEqual(world.devices.map(() => true));
    const view = await world.view(rolloutId);
    expect(view.stages[0]?.succeeded).toBe(PARALLEL);
    const ids = world.devices.map(({ id }) => id);
    expect(await world.ctx.db.prisma.deviceEvent.count({ where: { deviceId: { in: ids }, phase: "ACTIVE" } })).toBe(PARALLEL);
  });

  test("64 reports of one device, each sent twice: none is applied twice, and the newest stays", async () => {
    const deviceId = world.devices[0]?.id ?? "";
    const bootId = randomUUID();
    const reports = Array.from({ length: PARALLEL }, (_, n) => stateOf(n % 2 === 0 ? "DOWNLOADING" : "VERIFYING", release, { bootId, n }));
    const answers = await Promise.all([...reports, ...reports].map((report) => applyReports(world.ctx, [{ deviceId, report }])));
    const news = answers.flat().filter(Boolean).length;
    const status = await world.ctx.db.prisma.deviceStatus.findUniqueOrThrow({ where: { deviceId } });
    expect(status).toMatchObject({ bootId, lastN: PARALLEL - 1, phase: "VERIFYING" });
    const events = await world.ctx.db.prisma.deviceEvent.count({ where: { deviceId, phase: { in: ["DOWNLOADING", "VERIFYING"] } } });
    expect(events).toBeLessThanOrEqual(news);
    expect(news).toBeLessThanOrEqual(PARALLEL);
  });

  test("overlapping batches in opposite orders never wait for each other in a circle", async () => {
    const batch = (bootId: string) => world.devices.map(({ id }) => ({ deviceId: id, report: stateOf("VERIFYING", release, { bootId }) }));
    const rounds = await Promise.all([0, 1, 2, 3].map(() => applyReports(world.ctx, batch(randomUUID()).toReversed())));
    const others = await Promise.all([0, 1, 2, 3].map(() => applyReports(world.ctx, batch(randomUUID()))));
    expect([...rounds, ...others].flat().every(Boolean)).toBe(true);
  });
});

describe("what a device proves", () => {
  let world: RolloutWorld;
  let release: ReadyRelease;
  let rolloutId: string;
  let deviceId: string;
  beforeEach(async () => {
    world = await RolloutWorld.create(context, 1);
    release = await world.release("proof");
    rolloutId = await world.start(release, { stages: allAtOnce });
    deviceId = world.devices[0]?.id ?? "";
  });
  const row = () => world.ctx.db.prisma.rolloutDevice.findUniqueOrThrow({ where: { rolloutId_deviceId: { rolloutId, deviceId } } });
  /** All in one batch, numbered as they stand. */
  const report = async (...reports: StateReport[]) => {
    const bootId = randomUUID();
    await applyReports(
      world.ctx,
      reports.map((report, n) => ({ deviceId, report: { ...report, bootId, n } })),
    );
  };
  const decisions = async () => (await world.ctx.db.prisma.decision.findMany({ where: { rolloutId, deviceId } })).map(({ kind }) => kind);

  test("is a success only with the digest that was assigned", async () => {
    await report(stateOf("ACTIVE", release, { running: { releaseId: release.release.id, variantSha256: "f".repeat(64) } }));
    expect(await row()).toMatchObject({ state: "FAILED", reasonCode: "DIGEST_MISMATCH" });
    expect(await decisions()).toEqual(["device-failed"]);
    await report(stateOf("ACTIVE", release));
    expect(await row()).toMatchObject({ state: "SUCCEEDED", reasonCode: null, reasonMessage: null, probe: goodProbe });
  });

  test("is a roll-back when it fails after it succeeded, also within one batch", async () => {
    const reason = { code: "PROBE_TOO_SLOW", message: "p95 31 ms, at most 20 ms" } as const;
    await report(
      stateOf("DOWNLOADING", release, { progress: 0.5 }),
      stateOf("ACTIVE", release),
      stateOf("ROLLED_BACK", release, { reason }),
    );
    expect(await row()).toMatchObject({ state: "ROLLED_BACK", reasonCode: reason.code, progress: null, probe: goodProbe });
    expect(await decisions()).toEqual(["device-failed"]);
  });

  test("is written once, however often the device says it again; a probe that was lost is made up for", async () => {
    const version = async () => {
      const where = `WHERE "rolloutId" = '${rolloutId}' AND "deviceId" = '${deviceId}'`;
      return await world.ctx.db.prisma.$queryRawUnsafe(`SELECT xmin::text FROM rollout_device ${where}`);
    };
    const { probe: _, ...bare } = stateOf("ACTIVE", release);
    await report(bare);
    expect(await row()).toMatchObject({ state: "SUCCEEDED", probe: null });
    await report(stateOf("ACTIVE", release));
    expect(await row()).toMatchObject({ state: "SUCCEEDED", probe: goodProbe });
    const written = await version();
    await report(stateOf("ACTIVE", release), stateOf("ACTIVE", release));
    await report(bare);
    expect(await version()).toEqual(written);
  });

  test("is about its own assignment: another number moves nothing", async () => {
    await report(stateOf("ACTIVE", release, { seq: 7 }));
    expect((await row()).state).toBe("ASSIGNED");
  });
});

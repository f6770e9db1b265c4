import { randomUUID } from "node:crypto";
import { LATENCY_BUCKETS_MS, type MetricsReport } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { applyReports } from "../device-plane/apply-reports.ts";
import { addDevice, createTestContext, type TestContext } from "../testing/index.ts";
import { maintainHistory } from "./maintain-history.ts";
import { takeTurn } from "./take-turn.ts";

const DAY_MS = 86_400_000;
const RETENTION = { metricDays: 14, eventDays: 90 };
const TODAY = new Date("2027-03-15T10:00:00Z");
const daysAgo = (days: number): Date => new Date(TODAY.getTime() - days * DAY_MS);

let world: TestContext;
let organisationId: string;
let deviceId: string;
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.ctx.db.query("TRUNCATE device_event, device_metric");
  world.setNow(TODAY);
  ({ organisationId } = await world.addOrganisation());
  deviceId = (await addDevice(world.ctx, organisationId)).id;
});

const metricsOf = (at: Date): MetricsReport => ({
  kind: "metrics",
  bootId: randomUUID(),
  n: 0,
  at: at.toISOString(),
  windowSeconds: 5,
  releaseId: null,
  inferenceCount: 10,
  errorCount: 0,
  latencyHistogram: [...LATENCY_BUCKETS_MS.map(() => 0), 10],
  latencyP50Ms: 1.5,
  latencyP95Ms: 2.5,
  memoryBytes: 1_000,
  temperatureC: null,
  classCounts: {},
  meanConfidence: null,
});
/** Where each metric lies: `<partition> <day>`. */
async function places(): Promise<string[]> {
  const rows = await world.ctx.db.query<{ line: string }>(
    `SELECT tableoid::regclass::text || ' ' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS line FROM device_metric ORDER BY at`,
  );
  return rows.map(({ line }) => line.replaceAll('"', ""));
}
/** Told at that instant of something that happened then. Answers whether it was kept. */
async function measure(at: Date, now = at): Promise<boolean> {
  world.setNow(now);
  const [kept] = await applyReports(world.ctx, [{ deviceId, report: metricsOf(at) }], RETENTION);
  return kept === true;
}

describe("metrics", () => {
  test("go to the partition of their day, which is made ahead, and are dropped with it", async () => {
    const made = await maintainHistory(world.ctx, RETENTION);
    expect(made).toMatchObject({
      made: ["20270314", "20270315", "20270316", "20270317", "20270318"].map((day) => `device_metric_${day}`),
      dropped: [],
    });
    expect(await maintainHistory(world.ctx, RETENTION)).toMatchObject({ made: [], dropped: [] });
    await measure(TODAY);
    await measure(daysAgo(-3));
    expect(await places()).toEqual(["history.device_metric_20270315 2027-03-15", "history.device_metric_20270318 2027-03-18"]);

    world.setNow(daysAgo(-14));
    expect((await maintainHistory(world.ctx, RETENTION))?.dropped).toEqual(["device_metric_20270314"]);
    world.setNow(daysAgo(-15));
    expect((await maintainHistory(world.ctx, RETENTION))?.dropped).toEqual(["device_metric_20270315"]);
    expect(await places()).toEqual(["history.device_metric_20270318 2027-03-18"]);
  });

  test("of a day that was not made yet wait in the default partition, move to their day, and are dropped from there too", async () => {
    await measure(daysAgo(400), daysAgo(400));
    await measure(daysAgo(200), daysAgo(200));
    expect(await places()).toEqual(["history.device_metric_default 2026-02-08", "history.device_metric_default 2026-08-27"]);
    world.setNow(daysAgo(200));
    await maintainHistory(world.ctx, { ...RETENTION, metricDays: 365 });
    expect(await places()).toEqual(["history.device_metric_default 2026-02-08", "history.device_metric_20260827 2026-08-27"]);
    world.setNow(daysAgo(20));
    await maintainHistory(world.ctx, { ...RETENTION, metricDays: 365 });
    expect(await places()).toEqual(["history.device_metric_20260827 2026-08-27"]);
  });

  test("that come later than they are kept are left out, and change nothing", async () => {
    expect(await measure(daysAgo(13), TODAY)).toBe(true);
    expect(await measure(daysAgo(15), TODAY)).toBe(false);
    expect(await places()).toHaveLength(1);
  });
});

describe("events", () => {
  const event = async (days: number, kind: string, fields: { phase?: string; releaseId?: string } = {}) =>
    await world.ctx.db.prisma.deviceEvent.create({ data: { organisationId, deviceId, at: daysAgo(days), kind, ...fields } });
  const left = async () =>
    (await world.ctx.db.prisma.deviceEvent.findMany({ orderBy: { at: "asc" } })).map((row) => `${row.kind} ${row.phase}`);

  test("are deleted when they are older than is kept, but for what says what a device runs", async () => {
    const releaseId = randomUUID();
    await event(300, "online");
    await event(200, "state", { phase: "ACTIVE", releaseId });
    await event(150, "state", { phase: "ACTIVE", releaseId });
    await event(140, "state", { phase: "DOWNLOADING", releaseId });
    await event(100, "security");
    await event(80, "offline");
    expect((await maintainHistory(world.ctx, RETENTION))?.pruned).toBe(4);
    expect(await left()).toEqual(["state ACTIVE", "offline null"]);
  });

  test("are deleted however many of them are of one instant", async () => {
    await world.ctx.db.query(
      `INSERT INTO device_event (id, "organisationId", "deviceId", at, kind) SELECT gen_random_uuid(), $1, $2, $3, 'assigned' FROM generate_series(1, 12000)`,
      [organisationId, deviceId, daysAgo(100)],
    );
    expect((await maintainHistory(world.ctx, RETENTION))?.pruned).toBe(12_000);
  });
});

test("one process at a time maintains history", async () => {
  await world.ctx.db.rawTransaction(async (tx) => {
    expect(await takeTurn(tx)).toBe(true);
    expect(await maintainHistory(world.ctx, RETENTION)).toBeNull();
  });
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addDevice, addReadyRelease, createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { acceptDevices, renameDevice } from "./change-device.ts";
import { listDevices, type ListDevicesInput } from "./list-devices.ts";
import { readDeviceEvents, readDeviceMetrics } from "./read-device-history.ts";

/** What a device, a neighbour or two people at once must not achieve. */
let world: TestContext;
let mine: TestOrganisation;
const now = new Date("2026-03-01T12:00:00Z");
beforeAll(async () => {
  world = await createTestContext();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.setNow(now);
  mine = await world.addOrganisation();
});

const add = () => addDevice(world.ctx, mine.organisationId);
const list = (input: Partial<ListDevicesInput>) => listDevices(world.ctx, mine.actor.viewer, input);

test("a device that names a neighbour's release learns nothing of it, nor does its owner", async () => {
  const neighbour = await world.addOrganisation();
  const { release } = await addReadyRelease(world.ctx, neighbour.actor.engineer, "their secret project");
  const device = await add();
  const claim = { organisationId: mine.organisationId, deviceId: device.id, releaseId: release.id, kind: "state", phase: "ACTIVE" };
  await world.ctx.db.prisma.deviceEvent.create({ data: { id: randomUUID(), at: now, ...claim } });
  const shown = [
    await readDeviceMetrics(world.ctx, mine.actor.viewer, { id: device.id, hours: 1 }),
    await readDeviceEvents(world.ctx, mine.actor.viewer, { id: device.id }),
  ];
  expect(JSON.stringify(shown)).not.toContain("their secret project");
});

test("a device that counts to the end of its numbers does not break its page", async () => {
  const { id } = await add();
  const row = {
    deviceId: id,
    organisationId: mine.organisationId,
    windowSeconds: 1,
    errorCount: 2 ** 31 - 1,
    histogram: [],
    memoryBytes: 1,
  };
  const at = (ms: number) => new Date(now.getTime() - ms);
  await world.ctx.db.prisma.deviceMetric.createMany({
    data: [1, 2, 3].map((n) => ({ ...row, at: at(n), inferenceCount: 2 ** 31 - 1 })),
  });
  const { points } = await readDeviceMetrics(world.ctx, mine.actor.viewer, { id, hours: 1 });
  expect(points.reduce((sum, point) => sum + point.inferenceCount, 0)).toBe(3 * (2 ** 31 - 1));
});

test("two people who accept the same devices in another order do not wait for each other for ever", async () => {
  for (let round = 0; round < 5; round += 1) {
    const devices = await Promise.all(Array.from({ length: 20 }, () => addDevice(world.ctx, mine.organisationId, { state: "PENDING" })));
    const ids = devices.map(({ id }) => id);
    const answers = await Promise.allSettled([
      acceptDevices(world.ctx, mine.actor.operator, { ids }),
      acceptDevices(world.ctx, mine.actor.operator, { ids: ids.toReversed() }),
    ]);
    const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason as unknown] : []));
    expect(refused).toMatchObject([{ code: "CONFLICT" }]);
    expect(await world.ctx.db.prisma.deviceEvent.count({ where: { deviceId: { in: ids }, kind: "accepted" } })).toBe(20);
  }
});

test("a thousand devices are accepted in a handful of statements", async () => {
  const devices = await Promise.all(Array.from({ length: 40 }, () => addDevice(world.ctx, mine.organisationId, { state: "PENDING" })));
  let statements = 0;
  const { db } = world.ctx;
  const transaction: typeof db.transaction = (work, options) =>
    db.transaction((tx) => work(counting(tx, () => (statements += 1))), options);
  await acceptDevices({ ...world.ctx, db: { ...db, transaction } }, mine.actor.operator, { ids: devices.map(({ id }) => id) });
  expect(statements).toBeLessThanOrEqual(6);
});

/** Counts the calls of a transaction's client that reach the database. */
function counting<T extends object>(client: T, count: () => void): T {
  return new Proxy(client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value === "function")
        return (...parameters: unknown[]) => {
          count();
          return (value as (...all: unknown[]) => unknown).apply(target, parameters);
        };
      return typeof value === "object" && value !== null ? counting(value, count) : value;
    },
  });
}

describe("the list", () => {
  test("refuses the position of a list that was sorted otherwise, even where its value would fit", async () => {
    for (let n = 0; n < 3; n += 1) await add();
    const { nextCursor } = await list({ limit: 1, sort: { by: "health", desc: false } });
    for (const sort of [
      { by: "lastSeen", desc: false },
      { by: "health", desc: true },
    ] as const)
      await expect(list({ cursor: nextCursor, sort })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect((await list({ limit: 1, cursor: nextCursor, sort: { by: "health", desc: false } })).items).toHaveLength(1);
  });

  test("leaves no rejection behind that nobody handles, when the database is away", async () => {
    const query = () => Promise.reject(new Error("the database is away"));
    const away = { ...world.ctx, db: { ...world.ctx.db, query } };
    await expect(listDevices(away, mine.actor.viewer, { cursor: "nonsense" })).rejects.toThrow();
    await expect(listDevices(away, mine.actor.viewer, {})).rejects.toThrow("away");
  });
});

test.each(["\u0000", "pi\u202Egnp.exe"])("a name is stored without marks that nobody sees: %j", async (mark) => {
  const { id } = await add();
  await renameDevice(world.ctx, mine.actor.operator, { id, name: `gate${mark}` });
  const { name } = await world.ctx.db.prisma.device.findUniqueOrThrow({ where: { id } });
  expect(name).toMatch(/^gate(pi)?(gnp\.exe)?$/);
});

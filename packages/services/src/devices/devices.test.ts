import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addDevice, createTestContext, type DeviceOptions, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { acceptDevices, rejectDevice, renameDevice, revokeDevice, setDeviceTags } from "./change-device.ts";
import { MOST_COUNTED } from "./expect-matches.ts";
import { getDevice } from "./get-device.ts";
import { type ListDevicesInput, listDevices } from "./list-devices.ts";
import { readDeviceEvents, readDeviceMetrics } from "./read-device-history.ts";

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

const add = (options: DeviceOptions = {}) => addDevice(world.ctx, mine.organisationId, options);
const list = (input: Partial<ListDevicesInput> = {}) => listDevices(world.ctx, mine.actor.viewer, input);

describe("the list", () => {
  const ago = (minutes: number) => ({ lastSeenAt: new Date(now.getTime() - minutes * 60_000 + 0.4) });

  test.each([
    ["name", false, ["a", "b", "b", "c", "d", "e", "Ä"]],
    ["name", true, ["Ä", "e", "d", "c", "b", "b", "a"]],
    ["lastSeen", true, ["a", "c", "b", "d", "Ä", "b", "e"]],
    ["health", false, ["d", "c", "e", "b", "b", "a", "Ä"]],
  ] as const)("by %s, descending %s, pages follow one another without a gap or a repeat", async (by, desc, expected) => {
    await add({ name: "a", status: ago(1) });
    await add({ name: "b", status: { ...ago(5), online: false } });
    await add({ name: "b", status: { ...ago(60), online: false } });
    await add({ name: "c", status: { ...ago(2), temperatureC: 85 } });
    await add({ name: "d", status: { ...ago(9), phase: "ROLLED_BACK" } });
    await add({ name: "e", status: { lastSeenAt: null, reasonCode: "INTERNAL" } });
    await add({ name: "Ä", status: ago(20) });
    await add({ name: "revoked", state: "REVOKED" });
    // Without a filter the order is read; so few that fit one are put in order.
    const walks = [await walk({ by, desc }, ""), await walk({ by, desc }, "name ~ *")];
    expect(walks[1]).toEqual(walks[0]);
    const names = walks[0]?.map((item) => item.name) ?? [];
    const ids = new Set(walks[0]?.map((item) => item.id));
    expect(ids.size).toBe(7);
    const health = (name: string) => ({ d: 0, c: 1, e: 1, b: 2 })[name] ?? 3;
    // Equal health is ordered by id, which is random here.
    if (by === "health") expect(names.map(health)).toEqual(expected.map(health));
    else expect(names).toEqual(expected);
  });

  async function walk(sort: NonNullable<ListDevicesInput["sort"]>, filter: string) {
    const items: Awaited<ReturnType<typeof list>>["items"] = [];
    let cursor: string | null = null;
    do {
      const page = await list({ sort, filter, cursor, limit: 2 });
      expect(page).toMatchObject({ total: 7, totalIs: "exact" });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  }

  test("says a count only as far as it counts, once for all pages", async () => {
    await world.ctx.db.query(
      `INSERT INTO "device" ("id", "organisationId", "name", "state", "keySha256", "fingerprint", "profile", "profileName")
       SELECT gen_random_uuid(), $1, 'd' || n, 'ACTIVE', n::text, '', '{}', 'x' FROM generate_series(1, $2::int) n`,
      [mine.organisationId, MOST_COUNTED + 1],
    );
    const first = await list({ limit: 1 });
    expect(first).toMatchObject({ total: MOST_COUNTED, totalIs: "more" });
    expect(await list({ limit: 1, filter: "name ~ d1*0" })).toMatchObject({ totalIs: "exact" });
    await world.ctx.db.query(`DELETE FROM "device" WHERE "organisationId" = $1 AND "name" <> 'd2'`, [mine.organisationId]);
    expect(await list({ limit: 1, cursor: first.nextCursor })).toMatchObject({ total: MOST_COUNTED, totalIs: "more" });
    expect(await list({ limit: 1 })).toMatchObject({ total: 1, totalIs: "exact" });
  });

  test("refuses a filter that cannot be read, and says where", async () => {
    await expect(list({ filter: "site = 1 memroyMb > 3" })).rejects.toMatchObject({
      code: "FILTER_INVALID",
      details: { code: "CONNECTOR_MISSING", start: 9, end: 17 },
    });
  });

  test("refuses a cursor of another sort or of somebody's own making", async () => {
    await add({ name: "a" });
    await add({ name: "b" });
    const { nextCursor } = await list({ limit: 1 });
    const forged = Buffer.from('["a","not an id"]').toString("base64url");
    for (const cursor of ["nonsense", forged]) await expect(list({ cursor })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(list({ cursor: nextCursor, sort: { by: "health", desc: false } })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("shows pending devices, and only the organisation's own", async () => {
    await add({ name: "waits", state: "PENDING", status: { online: false } });
    await addDevice(world.ctx, (await world.addOrganisation()).organisationId, { name: "theirs" });
    expect((await list()).items).toMatchObject([{ name: "waits", health: "pending", online: false }]);
    expect((await list({ filter: "not online" })).items).toMatchObject([{ name: "waits" }]);
    expect((await list({ filter: "online" })).total).toBe(0);
    expect((await list({ state: "ACTIVE" })).total).toBe(0);
  });
});

describe("a person", () => {
  test("accepts devices that wait, all or none", async () => {
    const [waiting, active] = [await add({ state: "PENDING" }), await add()];
    const accept = (ids: string[]) => acceptDevices(world.ctx, mine.actor.operator, { ids });
    await expect(accept([waiting.id, active.id])).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await getDevice(world.ctx, mine.actor.viewer, waiting.id)).state).toBe("PENDING");
    await accept([waiting.id]);
    expect((await getDevice(world.ctx, mine.actor.viewer, waiting.id)).state).toBe("ACTIVE");
    await expect(rejectDevice(world.ctx, mine.actor.operator, waiting.id)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("rejects, renames, tags and revokes; each is in the device's history", async () => {
    const [unwanted, device] = [await add({ state: "PENDING" }), await add()];
    await rejectDevice(world.ctx, mine.actor.operator, unwanted.id);
    await expect(getDevice(world.ctx, mine.actor.viewer, unwanted.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await renameDevice(world.ctx, mine.actor.operator, { id: device.id, name: "Tor 3" });
    await setDeviceTags(world.ctx, mine.actor.operator, { id: device.id, tags: { site: "kiel" } });
    world.setNow(new Date(now.getTime() + 1000));
    await revokeDevice(world.ctx, mine.actor.operator, device.id);
    await revokeDevice(world.ctx, mine.actor.operator, device.id);
    expect(await getDevice(world.ctx, mine.actor.viewer, device.id)).toMatchObject({
      name: "Tor 3",
      tags: { site: "kiel" },
      state: "REVOKED",
      online: false,
      health: "offline",
    });
    const first = await readDeviceEvents(world.ctx, mine.actor.viewer, { id: device.id, limit: 1 });
    expect(first).toMatchObject({ total: 2, items: [{ kind: "revoked" }] });
    const rest = await readDeviceEvents(world.ctx, mine.actor.viewer, { id: device.id, cursor: first.nextCursor });
    expect(rest).toMatchObject({ nextCursor: null, items: [{ kind: "renamed" }] });
  });

  test("of another organisation finds no device", async () => {
    const { id } = await add();
    const { actor } = await world.addOrganisation();
    const tries = [
      getDevice(world.ctx, actor.owner, id),
      renameDevice(world.ctx, actor.owner, { id, name: "x" }),
      setDeviceTags(world.ctx, actor.owner, { id, tags: {} }),
      revokeDevice(world.ctx, actor.owner, id),
      acceptDevices(world.ctx, actor.owner, { ids: [id] }),
      readDeviceEvents(world.ctx, actor.owner, { id }),
      readDeviceMetrics(world.ctx, actor.owner, { id, hours: 1 }),
    ];
    for (const answer of await Promise.allSettled(tries))
      expect(answer).toMatchObject({ status: "rejected", reason: { code: "NOT_FOUND" } });
  });
});

test("metrics are thinned to what a chart shows, with their sums kept", async () => {
  const { id } = await add();
  const data = Array.from({ length: 1000 }, (_, n) => ({
    deviceId: id,
    at: new Date(now.getTime() - n * 3500),
    organisationId: mine.organisationId,
    windowSeconds: 3.5,
    inferenceCount: 2,
    errorCount: n === 0 ? 1 : 0,
    histogram: [],
    latencyP95Ms: n === 500 ? 90 : 5,
    memoryBytes: 1000,
  }));
  await world.ctx.db.prisma.deviceMetric.createMany({ data });
  const { points } = await readDeviceMetrics(world.ctx, mine.actor.viewer, { id, hours: 1 });
  expect(points.length).toBeLessThanOrEqual(401);
  expect(points.reduce((sum, point) => sum + point.inferenceCount, 0)).toBe(2000);
  expect(Math.max(...points.map((point) => point.latencyP95Ms ?? 0))).toBe(90);
  expect(points.map(({ at }) => at.getTime())).toEqual(points.map(({ at }) => at.getTime()).toSorted((a, b) => a - b));
});

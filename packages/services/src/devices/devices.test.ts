import type { AgentPhase, DeviceFilter } from "@flotilla/contracts";
import { deviceHealth, matchesFilter } from "@flotilla/domain";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { countDevices, listGroupMemberIds } from "../groups/list-groups.ts";
import { createGroup } from "../groups/save-group.ts";
import {
  addDevice,
  addReadyRelease,
  createTestContext,
  type DeviceOptions,
  type ReadyRelease,
  type TestContext,
  type TestOrganisation,
} from "../testing/index.ts";
import { acceptDevices, rejectDevice, renameDevice, revokeDevice, setDeviceTags } from "./change-device.ts";
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
const list = (input: Partial<ListDevicesInput> = {}) => listDevices(world.ctx, mine.actor.viewer, { filter: {}, ...input });

describe("the list", () => {
  const ago = (seconds: number) => ({ lastSeenAt: new Date(now.getTime() - seconds * 1000 + 0.4) });

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
    const names: string[] = [];
    const ids = new Set<string>();
    let cursor: string | null = null;
    do {
      const page = await list({ sort: { by, desc }, cursor, limit: 2 });
      expect(page.total).toBe(7);
      names.push(...page.items.map((item) => item.name));
      for (const { id } of page.items) ids.add(id);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(ids.size).toBe(7);
    const health = (name: string) => ({ d: 0, c: 1, e: 1, b: 2 })[name] ?? 3;
    // Equal health is ordered by id, which is random here.
    if (by === "health") expect(names.map(health)).toEqual(expected.map(health));
    else expect(names).toEqual(expected);
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
    await add({ name: "waits", state: "PENDING" });
    await addDevice(world.ctx, (await world.addOrganisation()).organisationId, { name: "theirs" });
    expect((await list()).items).toMatchObject([{ name: "waits", health: "pending", online: false }]);
    expect((await list({ state: "ACTIVE" })).total).toBe(0);
  });
});

const NAMES = ["cam-1", "Cam Ost", "KÜHLRAUM", "100%", "a_b"];
const filterOf = (releases: readonly ReadyRelease[]): fc.Arbitrary<DeviceFilter> =>
  fc.record(
    {
      search: fc.constantFrom("", " cam", "OST", "kühl", "%", "_", "1"),
      tags: fc.dictionary(fc.constantFrom("site", "room"), fc.constantFrom("kiel", "bonn", ""), { maxKeys: 2 }),
      profiles: fc.subarray(["linux-x64-cpu", "linux-arm64-cpu"]),
      online: fc.boolean(),
      modelId: fc.constantFrom(...releases.map(({ release }) => release.modelId)),
      releaseId: fc.constantFrom(...releases.map(({ release }) => release.id)),
      health: fc.subarray(["healthy", "busy", "warning", "failed", "offline"] as const),
      reason: fc.constantFrom("INTERNAL", "HOST_HUNG"),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<DeviceFilter>;

test("a filter finds in SQL exactly what domain's matchesFilter says, and health is domain's", async () => {
  const releases = await Promise.all(["one", "two"].map((name) => addReadyRelease(world.ctx, mine.actor.engineer, name)));
  const optional = <T>(...values: T[]) => fc.constantFrom<T | null>(null, ...values);
  const rows = fc.sample(
    fc.record({
      name: fc.constantFrom(...NAMES),
      tags: fc.dictionary(fc.constantFrom("site", "room"), fc.constantFrom("kiel", "bonn", ""), { maxKeys: 2 }),
      profileName: fc.constantFrom("linux-x64-cpu", "linux-arm64-cpu"),
      online: fc.boolean(),
      phase: optional<AgentPhase>("IDLE", "DOWNLOADING", "ACTIVE", "ROLLED_BACK", "REFUSED"),
      reasonCode: optional("INTERNAL" as const, "HOST_HUNG" as const),
      temperatureC: optional(40, 80, 91),
      running: optional(...releases),
    }),
    60,
  );
  const devices = await Promise.all(
    rows.map(async ({ name, tags, profileName, online, phase, reasonCode, temperatureC, running }) => {
      const ran = { runningReleaseId: running?.release.id ?? null, runningVariantSha256: running?.variant.sha256 ?? null };
      const device = await add({
        name,
        tags: { ...tags },
        profile: { name: profileName },
        status: { online, phase, reasonCode, temperatureC, ...ran },
      });
      return {
        id: device.id,
        name,
        tags,
        profileName,
        online,
        reasonCode,
        health: deviceHealth({ state: "ACTIVE", online, phase, hasReason: reasonCode !== null, temperatureC }),
        running: running === null ? null : { releaseId: running.release.id, modelId: running.release.modelId },
      };
    }),
  );
  const all = new Map((await list({ limit: 500 })).items.map((item) => [item.id, item.health]));
  for (const { id, health } of devices) expect(all.get(id)).toBe(health);
  await fc.assert(
    fc.asyncProperty(filterOf(releases), async (filter) => {
      const expected = devices.filter((device) => matchesFilter(filter, device));
      const page = await list({ filter, limit: 500 });
      expect(page.items.map(({ id }) => id).toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
      const count = { total: expected.length, online: expected.filter(({ online }) => online).length };
      expect(await countDevices(world.ctx, mine.actor.viewer, filter)).toEqual(count);
    }),
    { numRuns: 120 },
  );
  const filter = { tags: { site: "kiel" }, online: true };
  const { id } = await createGroup(world.ctx, mine.actor.operator, { name: "Kiel", kind: "dynamic", filter });
  const members = await listGroupMemberIds(world.ctx, mine.actor.viewer, id);
  expect(members.toSorted()).toEqual(
    devices
      .filter((device) => matchesFilter(filter, device))
      .map((device) => device.id)
      .toSorted(),
  );
  const [member] = members;
  if (member !== undefined) expect((await getDevice(world.ctx, mine.actor.viewer, member)).groups).toEqual([{ id, name: "Kiel" }]);
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

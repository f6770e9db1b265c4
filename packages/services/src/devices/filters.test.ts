import type { AgentPhase, DeviceProfile, ErrorCode } from "@flotilla/contracts";
import { deviceHealth } from "@flotilla/domain";
import { type Filter, type FilterableDevice, matchesFilter, parseFilter, printFilter } from "@flotilla/domain/filter";
import { anyFilter } from "@flotilla/domain/filter/testing";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countDevices, listGroupMemberIds } from "../groups/list-groups.ts";
import { createGroup } from "../groups/save-group.ts";
import { addDevice, addReadyRelease, createTestContext, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { Params } from "./device-sql.ts";
import { filterSql } from "./filter-sql.ts";
import { getDevice } from "./get-device.ts";
import { listDevices } from "./list-devices.ts";
import { readFilterVocabulary } from "./read-filter-vocabulary.ts";

let world: TestContext;
let mine: TestOrganisation;
const now = new Date("2026-03-01T12:00:00Z");
beforeAll(async () => {
  world = await createTestContext();
  world.setNow(now);
  mine = await world.addOrganisation();
});
afterAll(() => world.close());

/** Texts that would end a string of SQL, JSON, LIKE or a path if they ever became a part of one. */
const HOSTILE = [
  `' OR true --`,
  `"; DROP TABLE device; --`,
  `$1`,
  `\\`,
  `%`,
  `_`,
  `*`,
  `{"a":1}`,
  `'||(SELECT 1)||'`,
  `$.x ? (@ == 1)`,
  "KÜHLRAUM",
  "日本\n",
];
const TEXTS = ["kiel", "bonn", "", "cam-1", "x64", "linux", "cpu", "onnxruntime", "cuda", ...HOSTILE];
const text = fc.constantFrom(...TEXTS);
const HOUR_MS = 3_600_000;
const spans = fc.constantFrom(0, 60_000, HOUR_MS, 2 * HOUR_MS, 24 * HOUR_MS);
const optional = <T>(...values: T[]) => fc.constantFrom<T | null>(null, ...values);

const profiles: fc.Arbitrary<Partial<DeviceProfile>> = fc.record({
  name: fc.constantFrom("linux-x64-cpu", "x64", "' OR true --"),
  arch: fc.constantFrom("x64", "arm64"),
  os: fc.constantFrom("linux", "%"),
  agentVersion: fc.constantFrom("0.1.0", "_"),
  cpuCount: fc.constantFrom(1, 4),
  memoryBytes: fc.constantFrom(0, 2 ** 29, 2 ** 29 + 1),
  diskFreeBytes: fc.constantFrom(0, 2 ** 30),
  runtimes: fc.array(
    fc.record({
      name: fc.constantFrom("onnxruntime", "tflite", "日本\n"),
      version: fc.constant("1"),
      providers: fc.subarray(["cpu", "cuda", "*"]),
      maxOpset: fc.constantFrom(17, 21),
    }),
    { maxLength: 2 },
  ),
});

async function addFleet(): Promise<(FilterableDevice & { id: string })[]> {
  const releases = await Promise.all(["one", "%"].map((name) => addReadyRelease(world.ctx, mine.actor.engineer, name)));
  const models = await world.ctx.db.prisma.model.findMany({ where: { organisationId: mine.organisationId } });
  const rows = fc.sample(
    fc.record({
      name: text,
      tags: fc.dictionary(fc.constantFrom("site", "room", ...HOSTILE), text, { maxKeys: 3, noNullPrototype: true }),
      profile: profiles,
      online: fc.boolean(),
      phase: optional<AgentPhase>("IDLE", "DOWNLOADING", "ACTIVE", "ROLLED_BACK", "REFUSED"),
      reasonCode: optional<ErrorCode>("INTERNAL", "HOST_HUNG"),
      temperatureC: optional(40, 80, 91),
      latencyP95Ms: optional(1.5, 20),
      seenMs: optional(0, HOUR_MS, 2 * HOUR_MS),
      addedMs: spans,
      running: optional(...releases),
    }),
    60,
  );
  return Promise.all(
    rows.map(async ({ name, tags, profile, online, phase, reasonCode, temperatureC, latencyP95Ms, seenMs, addedMs, running }) => {
      const ran = { runningReleaseId: running?.release.id ?? null, runningVariantSha256: running?.variant.sha256 ?? null };
      const lastSeenAt = seenMs === null ? null : new Date(now.getTime() - seenMs);
      const status = { online, phase, reasonCode, temperatureC, latencyP95Ms, lastSeenAt, ...ran };
      const {
        id,
        createdAt,
        profile: stored,
      } = await addDevice({ ...world.ctx, clock: () => new Date(now.getTime() - addedMs) }, mine.organisationId, {
        name,
        tags,
        profile,
        status,
      });
      const health = deviceHealth({ state: "ACTIVE", online, phase, hasReason: reasonCode !== null, temperatureC });
      const { release } = running ?? {};
      return {
        ...{
          id,
          name,
          tags,
          profile: stored as DeviceProfile,
          online,
          health,
          phase,
          reasonCode,
          temperatureC,
          latencyP95Ms,
          lastSeenAt,
          createdAt,
        },
        running:
          release === undefined
            ? null
            : {
                releaseId: release.id,
                releaseName: release.name,
                modelId: release.modelId,
                modelName: models.find((model) => model.id === release.modelId)?.name ?? "",
              },
      };
    }),
  );
}

test("a filter finds in SQL exactly what domain's matchesFilter says, whatever it holds, and health is domain's", async () => {
  const devices = await addFleet();
  const ids = devices.flatMap(({ running }) => (running === null ? [] : [running.releaseId, running.modelId]));
  const all = new Map((await list("")).map((item) => [item.id, item.health]));
  for (const { id, health } of devices) expect(all.get(id)).toBe(health);
  const words = {
    texts: fc.oneof(text, fc.constantFrom("one", ...devices.flatMap(({ running }) => running?.modelName ?? []))),
    tagKeys: fc.constantFrom("site", "room", "name", ...HOSTILE),
    ids: fc.constantFrom("4b5dd3f8-0f33-4f5f-8d2b-6f8f8c4b5a01", ...ids),
    numbers: fc.constantFrom(-1, 0, 1, 1.5, 4, 17, 20, 21, 80, 512, 1024),
    spansMs: spans,
  };
  let found = 0;
  await fc.assert(
    fc.asyncProperty(anyFilter(words), async (filter) => {
      const expected = devices.filter((device) => matchesFilter(filter, device, now));
      const items = await list(printFilter(filter));
      expect(items.map(({ id }) => id).toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
      found += expected.length > 0 && expected.length < devices.length ? 1 : 0;
    }),
    { numRuns: 250 },
  );
  expect(found, "filters that part the fleet").toBeGreaterThan(50);
  await groupsAgree(devices);
});

async function list(filter: string) {
  const page = await listDevices(world.ctx, mine.actor.viewer, { filter, limit: 500 });
  expect(page.total).toBe(page.items.length);
  return page.items;
}

test("a pattern on a tag finds its value whatever JSON makes of it", async () => {
  const other = await world.addOrganisation();
  const values = ['say "ah"', "back\\slash", "two\nlines", "ΟΔΟΣ", "\nΣ", "ΟΔΟΣ: x", "100%", "a_b", "KÜHL", "plain"];
  for (const value of values)
    await addDevice(world.ctx, other.organisationId, { name: value, tags: { room: "plain x", 'my "Key"': value } });
  const find = async (pattern: string) => {
    const filter = `tag.${JSON.stringify('my "Key"')} ~ ${JSON.stringify(pattern)}`;
    const { items } = await listDevices(world.ctx, other.actor.viewer, { filter });
    return items.map(({ name }) => name).toSorted();
  };
  for (const [pattern, expected] of [
    ["*", values],
    ['say "*', ['say "ah"']],
    ["back?slash", ["back\\slash"]],
    ["two?lines", ["two\nlines"]],
    ["*\nσ", ["\nΣ"]],
    ["100%", ["100%"]],
    ["a_*", ["a_b"]],
    ["kü*", ["KÜHL"]],
    ["*n", ["plain"]],
    ["plain x", []],
  ] as const)
    expect([pattern, await find(pattern)]).toEqual([pattern, [...expected].toSorted()]);
});

async function groupsAgree(devices: readonly (FilterableDevice & { id: string })[]): Promise<void> {
  const filter = "online or cpuCount = 4";
  const parsed = parseFilter(filter);
  const fitting = devices.filter((device) => parsed.ok && matchesFilter(parsed.filter, device, now));
  expect(await countDevices(world.ctx, mine.actor.viewer, filter)).toEqual({
    total: fitting.length,
    online: fitting.filter(({ online }) => online).length,
  });
  const { id } = await createGroup(world.ctx, mine.actor.operator, { name: "Some", kind: "dynamic", filter });
  await createGroup(world.ctx, mine.actor.operator, { name: "None", kind: "dynamic", filter: "cpuCount > 64" });
  expect((await listGroupMemberIds(world.ctx, mine.actor.viewer, id)).toSorted()).toEqual(fitting.map((device) => device.id).toSorted());
  const [member] = fitting;
  if (member !== undefined) expect((await getDevice(world.ctx, mine.actor.viewer, member.id)).groups).toEqual([{ id, name: "Some" }]);
}

test("no text of a filter becomes a part of the statement", () => {
  const words = {
    texts: fc.string().map((part) => `needle${part}`),
    tagKeys: fc.string().map((part) => `needle${part}`),
    ids: fc.uuid(),
    numbers: fc.constant(123_456_789.5),
    spansMs: spans,
  };
  fc.assert(
    fc.property(anyFilter(words), (filter: Filter) => {
      const sql = filterSql(filter, new Params(), { organisationId: "needle", now });
      expect(sql).not.toMatch(/needle|123456789/);
      // Quoted in it are only our own columns, states and JSON paths.
      expect(
        sql.replaceAll(/'(?:ACTIVE|REVOKED|arch|os|agentVersion|\{\}|(?:memory|diskFree)Bytes|cpuCount|\$[.\w[\]*]+)'/g, ""),
      ).not.toContain("'");
    }),
    { numRuns: 300 },
  );
});

test("the vocabulary is the organisation's own", async () => {
  const other = await world.addOrganisation();
  await addDevice(world.ctx, other.organisationId, { tags: { site: "theirs" }, profile: { name: "their-profile", memoryBytes: 2 ** 30 } });
  await addReadyRelease(world.ctx, other.actor.engineer, "their release");
  const { fields, tags } = await readFilterVocabulary(world.ctx, other.actor.viewer);
  expect(tags).toEqual({ site: ["theirs"] });
  expect(fields).toMatchObject({
    profile: ["their-profile"],
    memoryMb: ["1024"],
    release: ["their release"],
    opset: ["25"],
    provider: ["cpu"],
  });
});

import { randomUUID } from "node:crypto";
import { type RolloutDeviceState, rolloutDeviceStates } from "@flotilla/contracts";
import { readDot, ROLLOUT_PAGE } from "@flotilla/contracts/rollout-dots";
import type { RolloutDeviceView } from "@flotilla/contracts/views";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestContext, type TestContext } from "../testing/create-test-context.ts";
import { RolloutWorld } from "../testing/rollout-world.ts";
import { type ListRolloutDevicesInput, listRolloutDevices } from "./list-rollout-devices.ts";
import { readRolloutDots } from "./read-rollout-dots.ts";

const COUNT = 450;
const STAGES = 3;

let context: TestContext;
let world: RolloutWorld;
let id: string;
beforeAll(async () => {
  context = await createTestContext();
  world = await RolloutWorld.create(context, 1);
  id = await world.start(await world.release("many"));
  await addDevices(COUNT);
});
afterAll(() => context.close());

/** Devices of every state, online and away, of which some names repeat. */
async function addDevices(count: number): Promise<void> {
  const { db } = world.ctx;
  const { organisationId } = world.organisation;
  const rows = Array.from({ length: count }, (_, n) => ({
    ...{ id: randomUUID(), name: `device ${n % 400}`, stage: n % STAGES, online: n % 5 !== 0, progress: (n % 13) / 13 },
    state: rolloutDeviceStates[n % rolloutDeviceStates.length] as RolloutDeviceState,
  }));
  const ids = rows.map((row) => row.id);
  await db.query(
    `INSERT INTO "device" ("id", "organisationId", "name", "state", "keySha256", "fingerprint", "profile", "profileName")
     SELECT t.id, $1, t.name, 'ACTIVE', t.id::text, 'f', '{}', 'p' FROM unnest($2::uuid[], $3::text[]) AS t(id, name)`,
    [organisationId, ids, rows.map((row) => row.name)],
  );
  await db.query(
    `INSERT INTO "device_status" ("deviceId", "organisationId", "online") SELECT t.id, $1, t.online FROM unnest($2::uuid[], $3::boolean[]) AS t(id, online)`,
    [organisationId, ids, rows.map((row) => row.online)],
  );
  await db.query(
    `INSERT INTO "rollout_device" ("rolloutId", "deviceId", "organisationId", "stageIndex", "state", "progress", "reasonCode", "reasonMessage")
     SELECT $2::uuid, t.id, $1, t.stage, t.state, t.progress, CASE WHEN t.state IN ('FAILED', 'REFUSED') THEN 'NO_SPACE' END, 'full'
     FROM unnest($3::uuid[], $4::int[], $5::text[], $6::float8[]) AS t(id, stage, state, progress)`,
    [organisationId, id, ids, rows.map((row) => row.stage), rows.map((row) => row.state), rows.map((row) => row.progress)],
  );
}

const page = (input: Partial<ListRolloutDevicesInput> = {}) => listRolloutDevices(world.ctx, world.operator, { id, ...input });
const dots = () => readRolloutDots(world.ctx, world.operator, id);

async function walk(input: Partial<ListRolloutDevicesInput> = {}): Promise<RolloutDeviceView[]> {
  const all: RolloutDeviceView[] = [];
  for (let from: string | undefined; ; ) {
    const { items, next } = await page({ ...input, ...(from === undefined ? {} : { from }) });
    all.push(...items);
    if (next === null) return all;
    from = next;
  }
}

test.each([7, ROLLOUT_PAGE])("pages of %i walk over every device once, by stage and name", async (limit) => {
  const all = await walk({ limit });
  expect(all).toHaveLength(COUNT + 1);
  expect(new Set(all.map(({ deviceId }) => deviceId)).size).toBe(COUNT + 1);
  const stages = all.map(({ stageIndex }) => stageIndex);
  expect(stages).toEqual(stages.toSorted((left, right) => left - right));
});

test("a dot says of each device, in the order of the pages, what its row says", async () => {
  const [all, { dots: codes }] = await Promise.all([walk(), dots()]);
  expect(codes).toHaveLength(all.length);
  const shown = all.map(({ state, progress, online }) => ({
    state,
    progress: state === "DOWNLOADING" ? Math.floor(10 * (progress ?? 0)) / 10 : null,
    // A device that has begun looks the same while it is away.
    online: online || (state !== "QUEUED" && state !== "ASSIGNED"),
  }));
  expect(Array.from(codes, readDot)).toEqual(shown);
});

test("any page is reached from the dots, without those before it", async () => {
  const [all, { pages }] = await Promise.all([walk(), dots()]);
  expect(pages).toHaveLength(Math.ceil(all.length / ROLLOUT_PAGE));
  for (const [index, from] of pages.entries()) {
    const { items } = await page({ from });
    expect(items.map(({ deviceId }) => deviceId)).toEqual(
      all.slice(index * ROLLOUT_PAGE, (index + 1) * ROLLOUT_PAGE).map(({ deviceId }) => deviceId),
    );
  }
});

test("only devices in some states", async () => {
  const all = await walk();
  const failed = await walk({ states: ["FAILED", "TIMED_OUT"], limit: 10 });
  expect(failed).toEqual(all.filter(({ state }) => state === "FAILED" || state === "TIMED_OUT"));
  expect(failed.length).toBeGreaterThan(20);
});

test("a page that begins with a device of another rollout is refused, and not read as empty", async () => {
  await expect(page({ from: randomUUID() })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("the rollout itself counts its devices and names only a few of those that failed", async () => {
  const [view, all] = await Promise.all([world.view(id), walk()]);
  expect(view.counts.reduce((sum, { deviceCount }) => sum + deviceCount, 0)).toBe(all.length);
  for (const { stageIndex, state, online, deviceCount } of view.counts) {
    const alike = all.filter((device) => device.stageIndex === stageIndex && device.state === state && device.online === online);
    expect(deviceCount).toBe(alike.length);
  }
  const failed = all.filter(({ state }) => ["FAILED", "REFUSED", "ROLLED_BACK", "TIMED_OUT"].includes(state));
  expect(view.causes.reduce((sum, { deviceCount }) => sum + deviceCount, 0)).toBe(failed.length);
  const full = failed.filter(({ reason }) => reason !== null).map(({ name }) => name);
  expect(view.causes.find(({ code }) => code === "NO_SPACE")).toEqual({
    ...{ code: "NO_SPACE", message: "full", deviceCount: full.length, deviceNames: full.slice(0, 20) },
  });
});

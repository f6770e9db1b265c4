import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { canaryThenAll, createTestContext, RolloutWorld, type TestContext } from "../testing/index.ts";
import { listRefused, preflightRollout } from "./preflight-rollout.ts";

let context: TestContext;
let world: RolloutWorld;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 2);
});

/** Copies of the first device: every 10th is offline, every 4th too small, and of those half have no runtime either. */
async function grow(count: number) {
  await world.ctx.db.query(
    `WITH copies AS (
       INSERT INTO "device" ("id", "organisationId", "name", "state", "keySha256", "fingerprint", "profile", "profileName", "tags")
       SELECT gen_random_uuid(), "organisationId", 'copy-' || lpad(n::text, 6, '0'), 'ACTIVE', 'k' || n, 'f',
         CASE WHEN n % 4 <> 0 THEN "profile" WHEN n % 8 = 0 THEN "profile" || '{"runtimes": []}' ELSE "profile" || '{"memoryBytes": 10}' END, "profileName", '{}'
       FROM "device", generate_series(1, $2::int) n WHERE "id" = $1::uuid RETURNING "id", "organisationId", "name")
     , status AS (INSERT INTO "device_status" ("deviceId", "organisationId", "online")
       SELECT "id", "organisationId", right("name", 1) <> '0' FROM copies)
     INSERT INTO "group_member" ("groupId", "deviceId", "organisationId") SELECT $3::uuid, "id", "organisationId" FROM copies`,
    [world.devices[0]?.id, count, world.group.id],
  );
}

test("of 10,000 devices it names the first hundred of each cause, counts all, and asks no question a device", async () => {
  await grow(9_998);
  const { release } = await world.release("good");
  const asked = { releaseId: release.id, groupId: world.group.id };
  const before = process.cpuUsage();
  const preflight = await preflightRollout(world.ctx, world.operator, { ...asked, stages: canaryThenAll });
  const { user, system } = process.cpuUsage(before);
  expect(preflight).toMatchObject({ deviceCount: 10_000, onlineCount: 10_000 - 999, alreadyCurrent: 0 });
  expect(preflight.refusals.map(({ reason, count, devices }) => [reason.code, count, devices.length])).toEqual([
    ["NOT_ENOUGH_MEMORY", 1250, 100],
    ["RUNTIME_MISSING", 1249, 100],
  ]);
  expect(preflight.offline).toHaveLength(100);
  expect(preflight.downloadBytesTotal).toBe((10_000 - 2499) * 350);
  // Of this process, which gets a few hundred rows: a profile a device would be 10 MB to parse.
  expect((user + system) / 1000).toBeLessThan(250);
  const refused = await listRefused(world.ctx, world.operator, asked);
  expect(refused).toHaveLength(2499);
  expect(new Set(refused.map(({ deviceId }) => deviceId)).size).toBe(2499);
});

test("says which live rollouts lose devices, and what devices fetched at before", async () => {
  const { release } = await world.release("good");
  const other = await world.start(await world.release("other"), { stages: canaryThenAll.slice(-1) });
  const [first, second] = world.devices.map(({ id }) => id);
  const fetched = (deviceId: string | undefined, seconds: number) =>
    world.ctx.db.query(
      `INSERT INTO "artifact_fetch" ("deviceId", "sha256", "organisationId", "bytes", "firstAt", "lastAt")
       VALUES ($1::uuid, 'a', $2, 1000, $3::timestamptz, $3::timestamptz + make_interval(secs => $4))`,
      [deviceId, world.organisation.organisationId, world.now, seconds],
    );
  await fetched(first, 10);
  // One that paused for hours says nothing.
  await fetched(second, 7200);
  const preflight = await preflightRollout(world.ctx, world.operator, {
    releaseId: release.id,
    groupId: world.group.id,
    stages: canaryThenAll,
  });
  expect(preflight.takenFrom).toEqual([{ rolloutId: other, name: "to other", count: 2 }]);
  expect(preflight.bytesPerSecond).toBe(100);
  expect(preflight.peakBytesPerSecond).toBe(100);
  expect(preflight.stages[0]).toMatchObject({ earliestEnd: 4 });
});

test("exclusive devices are counted only where the rollout takes them", async () => {
  const { release } = await world.release("good");
  const id = world.devices[0]?.id ?? "";
  await world.ctx.db.prisma.device.update({ where: { id }, data: { tags: { exclusive: "true" } } });
  const asked = { releaseId: release.id, groupId: world.group.id, stages: canaryThenAll };
  expect((await preflightRollout(world.ctx, world.operator, asked)).deviceCount).toBe(1);
  expect((await preflightRollout(world.ctx, world.operator, { ...asked, takesExclusiveDevices: true })).deviceCount).toBe(2);
});

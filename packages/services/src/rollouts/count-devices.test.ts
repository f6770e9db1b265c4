import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestContext, goodProbe, RolloutWorld, type TestContext } from "../testing/index.ts";
import { advanceRollout } from "./advance-rollout.ts";
import { listRollouts } from "./list-rollouts.ts";

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());

const DEVICES = 64;

test("64 devices that report at once, while controllers look and fold, are counted exactly", async () => {
  const world = await RolloutWorld.create(context, DEVICES);
  const release = await world.release("good");
  const all = { name: "all", target: { kind: "percent" as const, percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false };
  const id = await world.start(release, { stages: [all], gates: { failureRateMax: null } });
  const ids = await world.inState(id, "ASSIGNED");
  const look = () => advanceRollout(world.ctx, { rolloutId: id });
  await Promise.all(ids.flatMap((deviceId) => [world.report(deviceId, "DOWNLOADING"), look()]));
  const report = (deviceId: string, n: number) =>
    n % 16 === 0 ? world.report(deviceId, "ROLLED_BACK") : world.report(deviceId, "ACTIVE", { running: release, probe: goodProbe });
  await Promise.all([...ids.map(report), look(), look()]);
  await look();
  const { items } = await listRollouts(world.ctx, world.operator, {});
  expect(items[0]).toMatchObject({ id, state: "COMPLETED", deviceCount: 64, succeededCount: 60, failedCount: 4 });
  const counted = await world.ctx.db.query<{ state: string; count: number }>(
    `SELECT "state", sum("delta")::int AS "count" FROM "rollout_count" WHERE "rolloutId" = $1::uuid GROUP BY 1 HAVING sum("delta") <> 0 ORDER BY 1`,
    [id],
  );
  const rows = await world.ctx.db.query<{ state: string; count: number }>(
    `SELECT "state", count(*)::int AS "count" FROM "rollout_device" WHERE "rolloutId" = $1::uuid GROUP BY 1 ORDER BY 1`,
    [id],
  );
  expect(counted).toEqual(rows);
});

test("a device's row stays where the indexes know it, from queued to its outcome", async () => {
  const world = await RolloutWorld.create(context, 1);
  const id = await world.start(await world.release("good"));
  const moved = await world.ctx.db.rawTransaction(async (tx) => {
    // What this connection has not told the statistics yet: versions that were written, less those that stayed on their page.
    const count = async () => {
      const [row] = await tx.$queryRawUnsafe<{ updated: number; inPlace: number }[]>(
        `SELECT pg_stat_get_xact_tuples_updated(t)::int AS "updated", pg_stat_get_xact_tuples_hot_updated(t)::int AS "inPlace" FROM (SELECT '"rollout_device"'::regclass) AS c(t)`,
      );
      return row ?? { updated: 0, inPlace: 0 };
    };
    const before = await count();
    for (const state of ["QUEUED", "ASSIGNED", "DOWNLOADING", "PROBING", "SUCCEEDED"])
      await tx.$executeRawUnsafe(`UPDATE "rollout_device" SET "state" = $2, "updatedAt" = now() WHERE "rolloutId" = $1::uuid`, id, state);
    const after = await count();
    return { updated: after.updated - before.updated, inPlace: after.inPlace - before.inPlace };
  });
  expect(moved).toEqual({ updated: 5, inPlace: 5 });
});

test("no device is of a rollout that is not there, and none stays when its rollout goes", async () => {
  const world = await RolloutWorld.create(context, 3);
  const id = await world.start(await world.release("good"));
  const { db } = world.ctx;
  const copy = `INSERT INTO "rollout_device" ("rolloutId", "deviceId", "organisationId", "stageIndex", "state")
    SELECT $2::uuid, "deviceId", "organisationId", "stageIndex", "state" FROM "rollout_device" WHERE "rolloutId" = $1::uuid`;
  await expect(db.query(copy, [id, randomUUID()])).rejects.toMatchObject({ code: "23503" });
  await db.query(`DELETE FROM "rollout" WHERE "id" = $1::uuid`, [id]);
  expect(await db.query(`SELECT 1 FROM "rollout_device" WHERE "rolloutId" = $1::uuid`, [id])).toEqual([]);
});

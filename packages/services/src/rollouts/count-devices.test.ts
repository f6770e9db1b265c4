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

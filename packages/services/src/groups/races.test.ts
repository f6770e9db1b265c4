import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { withdrawRelease } from "../releases/withdraw-release.ts";
import { createRollout } from "../rollouts/create-rollout.ts";
import { canaryThenAll, createTestContext, RolloutWorld, type TestContext, testGates } from "../testing/index.ts";
import { deleteGroup } from "./delete-group.ts";
import { listGroups } from "./list-groups.ts";
import { createGroup, updateGroup } from "./save-group.ts";

/** Two people who do two things at once. */
let context: TestContext;
let world: RolloutWorld;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 4);
});

const outcomes = async (...acts: Promise<unknown>[]) =>
  (await Promise.allSettled(acts)).map((answer) => (answer.status === "fulfilled" ? "done" : (answer.reason as { code?: string }).code));

test("change one group's list: the one or the other list is its list", async () => {
  const ids = world.devices.map(({ id }) => id);
  for (let round = 0; round < 5; round += 1) {
    const { id } = await createGroup(world.ctx, world.operator, { name: `g${round}`, kind: "static", filter: "", deviceIds: [] });
    const change = (deviceIds: string[]) => updateGroup(world.ctx, world.operator, { id, name: `g${round}`, filter: "", deviceIds });
    const [left, right] = [ids.slice(0, 3), ids.slice(1, 4)];
    expect(await outcomes(change(left), change(right))).toEqual(["done", "done"]);
    const members = await world.ctx.db.prisma.groupMember.findMany({ where: { groupId: id }, select: { deviceId: true } });
    const found = members.map(({ deviceId }) => deviceId).toSorted();
    expect([left.toSorted(), right.toSorted()]).toContainEqual(found);
  }
});

test("delete a group and begin a rollout to it: never a rollout to a group that is gone", async () => {
  const { release } = await world.release("good");
  for (let round = 0; round < 8; round += 1) {
    const { id: groupId } = await createGroup(world.ctx, world.operator, { name: `d${round}`, kind: "dynamic", filter: "" });
    const input = { name: "x", releaseId: release.id, groupId, stages: canaryThenAll, gates: testGates, start: false };
    const [deleted, created] = await outcomes(
      deleteGroup(world.ctx, world.operator, groupId),
      createRollout(world.ctx, world.operator, input),
    );
    expect([["done", "NOT_FOUND"].join(), ["CONFLICT", "done"].join()]).toContain([deleted, created].join());
  }
});

test("withdraw a release and roll it out: never a live rollout of a withdrawn one", async () => {
  for (let round = 0; round < 8; round += 1) {
    const { release } = await world.release(`good ${round}`);
    const input = { name: "x", releaseId: release.id, groupId: world.group.id, stages: canaryThenAll, gates: testGates, start: true };
    const [withdrawn, created] = await outcomes(
      withdrawRelease(world.ctx, world.operator, release.id),
      createRollout(world.ctx, world.operator, input),
    );
    expect([["done", "CONFLICT"].join(), ["CONFLICT", "done"].join()]).toContain([withdrawn, created].join());
  }
});

test("groups are counted in one statement, however many there are", async () => {
  for (let n = 0; n < 6; n += 1)
    await createGroup(world.ctx, world.operator, { name: `n${n}`, kind: "dynamic", filter: n % 2 === 0 ? "online" : "not online" });
  let statements = 0;
  const query: typeof world.ctx.db.query = (sql, params) => {
    statements += 1;
    return world.ctx.db.query(sql, params);
  };
  const groups = await listGroups({ ...world.ctx, db: { ...world.ctx.db, query } }, world.operator);
  expect(statements).toBe(1);
  expect(groups.find(({ name }) => name === "n0")).toMatchObject({ deviceCount: 4, onlineCount: 4 });
  expect(groups.find(({ name }) => name === "n1")).toMatchObject({ deviceCount: 0, onlineCount: 0, overlaps: [] });
  expect(groups.find(({ name }) => name === "n2")?.overlaps).toHaveLength(3);
});

import type { StageSpec } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { approveRollout } from "../rollouts/answer-approval.ts";
import { beginRollout } from "../rollouts/begin-rollout.ts";
import { changeRollout } from "../rollouts/change-rollout.ts";
import { createRollout } from "../rollouts/create-rollout.ts";
import { setRolloutPolicy } from "../settings/rollout-policy.ts";
import { createTestContext, type ReadyRelease, RolloutWorld, type TestContext, testGates } from "../testing/index.ts";
import { invalidateRelease } from "./invalidate-release.ts";
import { getRelease } from "./list-releases.ts";
import { readInvalidationReach } from "./read-invalidation-reach.ts";
import { withdrawRelease } from "./withdraw-release.ts";

let context: TestContext;
let world: RolloutWorld;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 4);
});

const all: StageSpec[] = [{ name: "all", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 60, manual: false }];
const bad = (release: ReadyRelease, reason = "Sees cats everywhere") =>
  invalidateRelease(world.ctx, world.operator, { id: release.release.id, reason });
const create = async (release: ReadyRelease, start: boolean, seconds?: number) =>
  (
    await createRollout(world.ctx, world.operator, {
      name: "r",
      releaseId: release.release.id,
      groupId: world.group.id,
      stages: all,
      gates: testGates,
      start,
      startAt: seconds === undefined ? null : { at: new Date(world.now.getTime() + seconds * 1000), timeZone: "UTC" },
    })
  ).id;
const act = (id: string, kind: "resume" | "promote" | "revert" | "retry") =>
  changeRollout(world.ctx, world.operator, { id, action: { kind } });
async function installed(name: string): Promise<{ release: ReadyRelease; id: string }> {
  const release = await world.release(name);
  const id = await world.start(release, { stages: all });
  await world.finish(id, release);
  return { release, id };
}
const assigned = (release: ReadyRelease) => world.ctx.db.prisma.assignment.count({ where: { releaseId: release.release.id } });

test("stops everything of the release at once, says why everywhere, and nothing brings it to a device again", async () => {
  const { release: before } = await installed("before");
  const release = await world.release("bad");
  const draft = await create(release, false);
  const scheduled = await create(release, true, 60);
  await setRolloutPolicy(world.ctx, world.organisation.actor.owner, { secondPerson: true });
  const waiting = await create(release, true);
  const { planSha256 } = (await world.view(waiting)).beginning;
  await setRolloutPolicy(world.ctx, world.organisation.actor.owner, { secondPerson: false });
  const running = await world.start(release, { stages: all });
  const [busy] = await world.inState(running, "ASSIGNED");
  await world.report(busy ?? "", "DOWNLOADING");
  expect(await readInvalidationReach(world.ctx, world.operator, release.release.id)).toMatchObject({ runsOn: 0, notBegun: 3 });

  await bad(release);

  expect(await world.view(running)).toMatchObject({
    state: "HALTED",
    why: { kind: "halted-invalidated", message: "Halted: release bad was marked as bad: Sees cats everywhere." },
    invalidated: { reason: "Sees cats everywhere.", by: expect.stringContaining("operator") as string },
    can: { revert: true, resume: false, promote: false, retry: false },
  });
  expect((await world.view(scheduled)).state).toBe("CANCELLED");
  expect((await world.view(waiting)).state).toBe("CANCELLED");
  expect(await world.view(draft)).toMatchObject({ state: "DRAFT", why: { kind: "release-invalidated" }, can: { start: false } });
  // Whoever was at work finishes; nobody else is told.
  expect(await assigned(release)).toBe(1);
  expect(await assigned(before)).toBe(3);

  const refused = { code: "RELEASE_INVALIDATED" };
  await expect(create(release, true)).rejects.toMatchObject(refused);
  await expect(beginRollout(world.ctx, world.operator, { id: draft })).rejects.toMatchObject(refused);
  await expect(act(running, "resume")).rejects.toMatchObject(refused);
  const { engineer } = world.organisation.actor;
  await expect(approveRollout(world.ctx, engineer, { id: waiting, planSha256 })).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
  await expect(bad(release)).rejects.toMatchObject(refused);
  await world.report(busy ?? "", "ROLLED_BACK", { reason: { code: "PROBE_TOO_SLOW", message: "slow" }, running: before });
  await expect(act(running, "retry")).rejects.toMatchObject(refused);
  world.pass(60);
  await world.step(running);
  expect(await assigned(release)).toBe(1);
  await act(running, "revert");
  expect(await world.view(running)).toMatchObject({ state: "REVERTED" });
  expect(await assigned(before)).toBe(4);
});

test("a device that was away when the rollout completed does not take it when it returns", async () => {
  const { release: before } = await installed("before");
  const away = world.devices[0]?.id ?? "";
  await world.setOnline(away, false);
  const release = await world.release("bad");
  const id = await world.start(release, { stages: all });
  await world.finish(id, release);
  world.pass(60);
  await world.step(id);
  expect((await world.view(id)).state).toBe("COMPLETED");
  const seq = (await world.assignment(away))?.seq ?? 0;
  await bad(release);
  expect(await world.assignment(away)).toMatchObject({ releaseId: before.release.id, seq: seq + 1 });
  expect(await world.view(id)).toMatchObject({ state: "COMPLETED", can: { revert: true }, why: { kind: "release-invalidated" } });
  expect(await getRelease(world.ctx, world.operator, release.release.id)).toMatchObject({
    state: "INVALIDATED",
    runsOn: 3,
    invalidated: { reason: "Sees cats everywhere.", rollouts: [{ id }] },
  });
});

test("no device goes back to it: a revert leaves it alone, names it, and sends the others back", async () => {
  const { release: before } = await installed("before");
  const release = await world.release("next");
  const id = await world.start(release, { stages: all });
  await world.finish(id, release);
  await bad(before, "It was this one!");
  expect(await world.view(id)).toMatchObject({ state: "COMPLETED", can: { revert: false }, staying: { total: 4 }, invalidated: null });
  await expect(act(id, "revert")).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
  expect(await assigned(before)).toBe(0);
});

test("with only some that cannot go back, the others do and the log names who stays", async () => {
  const { release: first } = await installed("first");
  const second = await world.release("second");
  const moved = world.devices[0]?.id ?? "";
  const partly = await world.ctx.db.prisma.group.create({
    data: {
      organisationId: world.organisation.organisationId,
      name: "one",
      kind: "static",
      members: { create: [{ deviceId: moved, organisationId: world.organisation.organisationId }] },
    },
  });
  const one = await world.start(second, { stages: all, group: partly });
  await world.finish(one, second);
  const third = await world.release("third");
  const id = await world.start(third, { stages: all });
  await world.finish(id, third);
  await bad(second);
  await act(id, "revert");
  await world.finish(id, first);
  const view = await world.view(id);
  expect(view.state).toBe("REVERTED");
  expect(await assigned(first)).toBe(3);
  expect(await world.assignment(moved)).toMatchObject({ releaseId: third.release.id });
  expect(view.decisions.find(({ kind }) => kind === "cannot-go-back")?.message).toContain("cam-1");
});

test("a device on its way back to it is told to stay", async () => {
  const { release: before } = await installed("before");
  const release = await world.release("next");
  const id = await world.start(release, { stages: all });
  await world.finish(id, release);
  await act(id, "revert");
  expect(await assigned(before)).toBe(4);
  await bad(before);
  expect(await assigned(before)).toBe(0);
  await world.step(id);
  expect((await world.view(id)).state).toBe("REVERTED");
});

test("withdraw is for what is only not wanted any more; a withdrawn release can be marked as bad, one that is not built cannot", async () => {
  const release = await world.release("old");
  await withdrawRelease(world.ctx, world.operator, release.release.id);
  await bad(release);
  await expect(withdrawRelease(world.ctx, world.operator, release.release.id)).rejects.toMatchObject({ code: "RELEASE_INVALIDATED" });
  const building = await world.release("new");
  await world.ctx.db.prisma.release.update({ where: { id: building.release.id }, data: { state: "BUILDING" } });
  await expect(bad(building)).rejects.toMatchObject({ code: "CONFLICT" });
});

test("a start and the mark at once: whichever comes first, the release goes nowhere afterwards", async () => {
  for (let turn = 0; turn < 5; turn += 1) {
    const release = await world.release(`race ${turn}`);
    const draft = await create(release, false);
    await Promise.allSettled([beginRollout(world.ctx, world.operator, { id: draft }), create(release, true), bad(release)]);
    expect(await assigned(release)).toBe(0);
    expect((await getRelease(world.ctx, world.operator, release.release.id)).state).toBe("INVALIDATED");
  }
});

import type { Reason, StageSpec } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { revokeDevice } from "../devices/change-device.ts";
import { createTestContext, RolloutWorld, type TestContext } from "../testing/index.ts";
import { advanceRollout, listLiveRollouts, listRolloutsToFollow } from "./advance-rollout.ts";
import { changeRollout } from "./change-rollout.ts";

let context: TestContext;
let world: RolloutWorld;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 3);
});

const crashed: Reason = { code: "HOST_CRASHED", message: "it crashed 3 times" };
const oneStage = (change: Partial<StageSpec> = {}): StageSpec[] => [
  { name: "all", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false, ...change },
];
const followed = async (id: string) => (await listRolloutsToFollow(world.ctx)).includes(id);
const advance = (id: string) => advanceRollout(world.ctx, { rolloutId: id });
const afterStart = (seconds: number, start: Date) => new Date(start.getTime() + seconds * 1000);

test("a canary's failure is judged although the host that took the report is an hour behind the one that decides", async () => {
  const id = await world.start(await world.release("bad"));
  const [canary = ""] = await world.inState(id, "ASSIGNED");
  world.pass(-3600);
  await world.report(canary, "ROLLED_BACK", { reason: crashed });
  world.pass(3600);
  await advance(id);
  expect(await world.view(id)).toMatchObject({ state: "HALTED", why: { kind: "halted-device" } });
});

test("a resume accepts what had failed, and nothing that fails afterwards, whatever the clocks say", async () => {
  const id = await world.start(await world.release("bad"), { stages: oneStage(), gates: { failureRateMax: 0 } });
  const [first = "", second = ""] = await world.inState(id, "ASSIGNED");
  await world.report(second, "DOWNLOADING");
  await world.report(first, "ROLLED_BACK", { reason: crashed });
  await world.step(id);
  await changeRollout(world.ctx, world.operator, { id, action: { kind: "resume" } });
  expect((await world.view(id)).state).toBe("RUNNING");
  world.pass(-3600);
  await world.report(second, "ROLLED_BACK", { reason: crashed });
  world.pass(3600);
  await advance(id);
  expect((await world.view(id)).state).toBe("HALTED");
});

test("a halted rollout ends once newer ones have its devices, the one that failed included", async () => {
  const halted = await world.start(await world.release("bad"));
  const [canary = ""] = await world.inState(halted, "ASSIGNED");
  await world.report(canary, "ROLLED_BACK", { reason: crashed });
  await world.step(halted);
  const others = (await world.inState(halted, "QUEUED")).toSorted();
  const mended = await world.release("mended");
  const notYet = await world.ctx.db.prisma.group.create({
    data: { organisationId: world.organisation.organisationId, name: "others", kind: "static" },
  });
  const members = others.map((deviceId) => ({ groupId: notYet.id, deviceId, organisationId: world.organisation.organisationId }));
  await world.ctx.db.prisma.groupMember.createMany({ data: members });
  world.pass(1);
  await world.start(mended, { stages: oneStage(), group: notYet });
  await advance(halted);
  expect((await world.view(halted)).state).toBe("HALTED");
  world.pass(1);
  await world.start(mended, { stages: oneStage() });
  await advance(halted);
  expect(await world.view(halted)).toMatchObject({ state: "CANCELLED", why: { kind: "superseded" } });
});

test("says when time alone can change something", async () => {
  // What follows from a start is dated 10 ms after it, so that the log shows it in order.
  const start = world.now;
  const release = await world.release("good");
  const id = await world.start(release, { stages: oneStage({ soakSeconds: 60 }) });
  const ids = await world.inState(id, "ASSIGNED");
  expect(await advance(id)).toEqual({ changed: false, did: "nothing", nextChangeAt: afterStart(30.01, start) });
  for (const deviceId of ids) await world.succeed(deviceId, release);
  expect(await advance(id)).toEqual({ changed: true, did: "some", nextChangeAt: afterStart(60, start) });
  world.pass(60);
  expect(await advance(id)).toEqual({ changed: true, did: "some", nextChangeAt: null });
});

test("lists live rollouts with what tells whether a report decided anything", async () => {
  const release = await world.release("good");
  const id = await world.start(release, { stages: oneStage({ soakSeconds: 60 }), gates: { failureRateMax: null } });
  const listed = async () => (await listLiveRollouts(world.ctx)).find((rollout) => rollout.id === id);
  const [first = "", ...others] = await world.inState(id, "ASSIGNED");
  expect(await listed()).toEqual({ id, open: 1 + others.length, failed: 0 });
  await world.succeed(first, release);
  expect(await listed()).toEqual({ id, open: others.length, failed: 0 });
  for (const deviceId of others) await world.report(deviceId, "ROLLED_BACK");
  expect(await listed()).toEqual({ id, open: 0, failed: others.length });
  await advance(id);
  expect(await listed(), "it soaks: nobody is waited for").toEqual({ id, open: null, failed: others.length });
});

test("finds the live rollouts whose devices went, came back or were revoked, and only those", async () => {
  const release = await world.release("good");
  const id = await world.start(release, { stages: oneStage() });
  const [assigned = "", busy = "", unwanted = ""] = await world.inState(id, "ASSIGNED");
  await world.report(busy, "DOWNLOADING");
  expect(await followed(id)).toBe(false);
  await world.setOnline(assigned, false);
  expect(await followed(id)).toBe(true);
  await advance(id);
  expect(await followed(id)).toBe(false);
  await world.setOnline(assigned, true);
  expect(await followed(id)).toBe(true);
  await advance(id);
  await world.setOnline(busy, false);
  expect(await followed(id), "a reconnect takes seconds").toBe(false);
  world.pass(30);
  expect(await followed(id)).toBe(true);
  await advance(id);
  expect(await world.inState(id, "UNREACHED")).toEqual([busy]);
  expect(await followed(id)).toBe(false);
  await revokeDevice(world.ctx, world.operator, unwanted);
  expect(await followed(id)).toBe(true);
  await advance(id);
  expect(await followed(id)).toBe(false);
  await changeRollout(world.ctx, world.operator, { id, action: { kind: "cancel", mode: "keep" } });
  await world.setOnline(assigned, false);
  expect(await followed(id), "it has ended").toBe(false);
});

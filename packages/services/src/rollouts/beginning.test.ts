import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "../context.ts";
import { setRolloutPolicy } from "../settings/rollout-policy.ts";
import { canaryThenAll, createTestContext, RolloutWorld, type TestContext, testGates } from "../testing/index.ts";
import { approveRollout, rejectRollout } from "./answer-approval.ts";
import { beginRollout, beginRolloutInput, takeBackToDraft } from "./begin-rollout.ts";
import { changeRollout } from "./change-rollout.ts";
import { createRollout } from "./create-rollout.ts";
import { getRollout } from "./get-rollout.ts";
import { startDueRollouts } from "./start-due-rollouts.ts";

let context: TestContext;
let world: RolloutWorld;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 3);
});

const timeZone = "Europe/Berlin";
const inSeconds = (seconds: number) => ({ at: new Date(world.now.getTime() + seconds * 1000), timeZone });
const needSecondPerson = (secondPerson: boolean) => setRolloutPolicy(world.ctx, world.organisation.actor.owner, { secondPerson });
async function create(start: boolean, startAt?: { at: Date; timeZone: string }) {
  const { release } = await world.release("good");
  const { id } = await createRollout(world.ctx, world.operator, {
    name: "r",
    releaseId: release.id,
    groupId: world.group.id,
    stages: canaryThenAll,
    gates: testGates,
    start,
    startAt,
  });
  return id;
}
const log = async (id: string) => (await world.view(id)).decisions.map(({ kind, actor }) => `${kind} ${actor.split(" ")[0]}`).toReversed();
const approve = async (id: string, actor: Actor = world.organisation.actor.engineer) => {
  const { beginning } = await getRollout(world.ctx, actor, id);
  await approveRollout(world.ctx, actor, { id, planSha256: beginning.planSha256 });
};
const assignments = () => world.ctx.db.prisma.assignment.count({ where: { organisationId: world.organisation.organisationId } });

describe("a rollout that needs a second person", () => {
  beforeEach(() => needSecondPerson(true));

  test("waits, assigns nothing, and starts with the second person's yes", async () => {
    const id = await create(true);
    expect(await world.view(id)).toMatchObject({
      state: "AWAITING_APPROVAL",
      why: { kind: "approval-requested", message: "Waits for a second person’s approval, to start at once." },
      beginning: { needsApproval: true, firstPerson: true },
      can: { start: false, answer: false, toDraft: true, cancel: true },
    });
    expect(await startDueRollouts(world.ctx)).toBeNull();
    expect(await assignments()).toBe(0);
    world.pass(1);
    await approve(id);
    expect(await world.view(id)).toMatchObject({ state: "RUNNING", beginning: { approvals: [{ verdict: "approved", current: true }] } });
    expect(await assignments()).toBe(1);
    expect((await log(id)).slice(0, 4)).toEqual([
      "created operator",
      "approval-requested operator",
      "approved engineer",
      "started engineer",
    ]);
  });

  test("is not approved by whoever made it, nor by whoever asked for its start", async () => {
    const id = await create(false);
    const { owner } = world.organisation.actor;
    await beginRollout(world.ctx, owner, { id });
    await expect(approve(id, world.operator)).rejects.toMatchObject({ code: "APPROVAL_BY_SAME_PERSON" });
    await expect(approve(id, owner)).rejects.toMatchObject({ code: "APPROVAL_BY_SAME_PERSON" });
    expect((await getRollout(world.ctx, owner, id)).can).toMatchObject({ answer: false });
    expect((await getRollout(world.ctx, world.organisation.actor.viewer, id)).can).toMatchObject({ answer: false });
    expect((await getRollout(world.ctx, world.organisation.actor.engineer, id)).can).toMatchObject({ answer: true });
    expect((await world.view(id)).state).toBe("AWAITING_APPROVAL");
  });

  test("cannot be started around the approval", async () => {
    const id = await create(true);
    await beginRollout(world.ctx, world.operator, { id });
    expect((await world.view(id)).state).toBe("AWAITING_APPROVAL");
    // @ts-expect-error a start has its own way; what came around the type is refused too
    await expect(changeRollout(world.ctx, world.operator, { id, action: { kind: "start" } })).rejects.toMatchObject({
      code: "INVALID_TRANSITION",
    });
    expect(await assignments()).toBe(0);
  });

  test("is a draft again after a no, with its reason, and an old yes does not count for a new wish", async () => {
    const id = await create(true, inSeconds(3600));
    const { planSha256 } = (await world.view(id)).beginning;
    await rejectRollout(world.ctx, world.organisation.actor.engineer, { id, planSha256, reason: "Not on a Friday" });
    expect(await world.view(id)).toMatchObject({
      state: "DRAFT",
      why: { kind: "rejected", message: expect.stringContaining("Not on a Friday") as string },
      beginning: { startAt: null, requestedBy: null },
    });
    world.pass(1);
    await beginRollout(world.ctx, world.operator, { id });
    await approve(id);
    expect((await world.view(id)).state).toBe("RUNNING");
  });

  test.each([
    ["the hour", (id: string) => beginRollout(world.ctx, world.operator, { id, startAt: inSeconds(7200) })],
    [
      "the group's members",
      () => world.ctx.db.prisma.groupMember.deleteMany({ where: { groupId: world.group.id, deviceId: world.devices[0]?.id ?? "" } }),
    ],
    [
      "the gates",
      (id: string) => world.ctx.db.prisma.rollout.update({ where: { id }, data: { gates: { ...testGates, failureRateMax: 1 } } }),
    ],
    [
      "a stage",
      (id: string) =>
        world.ctx.db.prisma.rolloutStage.update({
          where: { rolloutId_index: { rolloutId: id, index: 0 } },
          data: { spec: { ...canaryThenAll[0], soakSeconds: 1 } },
        }),
    ],
  ])("is not approved by who saw another plan: %s changed", async (_, change) => {
    const id = await create(true, inSeconds(3600));
    const { planSha256 } = (await world.view(id)).beginning;
    await change(id);
    const { engineer } = world.organisation.actor;
    await expect(approveRollout(world.ctx, engineer, { id, planSha256 })).rejects.toMatchObject({ code: "APPROVAL_OUTDATED" });
    expect((await world.view(id)).state).toBe("AWAITING_APPROVAL");
  });

  test("a renamed rollout or group is the same plan", async () => {
    const id = await create(true);
    const { planSha256 } = (await world.view(id)).beginning;
    await world.ctx.db.prisma.rollout.update({ where: { id }, data: { name: "other" } });
    await world.ctx.db.prisma.group.update({ where: { id: world.group.id }, data: { name: `renamed ${id}` } });
    expect((await world.view(id)).beginning.planSha256).toBe(planSha256);
  });

  test("waits for its hour once approved; a change meanwhile makes the approval void at the hour, and nothing starts", async () => {
    const id = await create(true, inSeconds(3600));
    await approve(id);
    expect((await world.view(id)).state).toBe("SCHEDULED");
    await world.ctx.db.prisma.groupMember.deleteMany({ where: { groupId: world.group.id, deviceId: world.devices[0]?.id ?? "" } });
    world.pass(3600);
    await startDueRollouts(world.ctx);
    expect(await world.view(id)).toMatchObject({ state: "AWAITING_APPROVAL", why: { kind: "approval-void" } });
    expect(await assignments()).toBe(0);
  });

  test("moved to another hour after the approval, it waits for approval again", async () => {
    const id = await create(true, inSeconds(3600));
    await approve(id);
    await beginRollout(world.ctx, world.operator, { id, startAt: inSeconds(60) });
    expect((await world.view(id)).state).toBe("AWAITING_APPROVAL");
  });

  test("approved after its hour it starts at once, late", async () => {
    const id = await create(true, inSeconds(60));
    world.pass(600);
    await approve(id);
    expect((await world.view(id)).state).toBe("RUNNING");
    expect(await log(id)).toContain("started-late engineer");
  });

  test("starts without one where none is needed any more, also while it waits", async () => {
    const id = await create(true);
    await needSecondPerson(false);
    expect((await world.view(id)).can.start).toBe(true);
    await beginRollout(world.ctx, world.operator, { id });
    expect((await world.view(id)).state).toBe("RUNNING");
  });
});

describe("a scheduled rollout", () => {
  test("starts by itself at its hour and not before, once for any number of gateways", async () => {
    const startAt = inSeconds(3600);
    const id = await create(true, startAt);
    expect(await world.view(id)).toMatchObject({
      state: "SCHEDULED",
      why: { kind: "scheduled", message: "Starts by itself on 1 Mar 2026, 14:00 (Europe/Berlin)." },
      beginning: { startAt: startAt.at, timeZone },
      can: { start: true, schedule: true, toDraft: true },
    });
    world.pass(3599);
    expect(await startDueRollouts(world.ctx)).toEqual(startAt.at);
    expect(await assignments()).toBe(0);
    world.pass(1);
    await Promise.all([1, 2, 3].map(() => startDueRollouts(world.ctx)));
    expect((await world.view(id)).state).toBe("RUNNING");
    expect((await log(id)).filter((line) => line.startsWith("started"))).toEqual(["started controller"]);
  });

  test("that was missed starts late and says so", async () => {
    const id = await create(true, inSeconds(60));
    world.pass(60 + 7200);
    await startDueRollouts(world.ctx);
    const view = await world.view(id);
    expect(view.state).toBe("RUNNING");
    expect(view.decisions.find(({ kind }) => kind === "started-late")?.message).toBe(
      "Starts 2 h late: it was due on 1 Mar 2026, 13:01 (Europe/Berlin).",
    );
  });

  test("can be moved, taken back and cancelled", async () => {
    const id = await create(true, inSeconds(60));
    await beginRollout(world.ctx, world.operator, { id, startAt: inSeconds(120) });
    world.pass(60);
    await startDueRollouts(world.ctx);
    expect(await world.view(id)).toMatchObject({ state: "SCHEDULED", why: { kind: "rescheduled" } });
    await takeBackToDraft(world.ctx, world.operator, id);
    world.pass(60);
    await startDueRollouts(world.ctx);
    expect(await world.view(id)).toMatchObject({ state: "DRAFT", beginning: { startAt: null } });
    await beginRollout(world.ctx, world.operator, { id, startAt: inSeconds(60) });
    await changeRollout(world.ctx, world.operator, { id, action: { kind: "cancel", mode: "keep" } });
    world.pass(60);
    await startDueRollouts(world.ctx);
    expect((await world.view(id)).state).toBe("CANCELLED");
    await expect(takeBackToDraft(world.ctx, world.operator, id)).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
  });

  test("whose group is empty at its hour is a draft again and says why, and others start all the same", async () => {
    const id = await create(true, inSeconds(60));
    await world.ctx.db.prisma.groupMember.deleteMany({ where: { groupId: world.group.id } });
    world.pass(60);
    await startDueRollouts(world.ctx);
    expect(await world.view(id)).toMatchObject({
      state: "DRAFT",
      why: { kind: "start-refused", message: expect.stringContaining("no active device") as string },
    });
  });

  test("is not scheduled for an hour that is over", async () => {
    await expect(create(true, inSeconds(-3600))).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

test("an hour arrives as a date or, from a browser, as its text; a time zone that nobody knows is refused", () => {
  const parse = (at: unknown, zone = timeZone) =>
    beginRolloutInput.safeParse({ id: crypto.randomUUID(), startAt: { at, timeZone: zone } }).data?.startAt?.at;
  expect(parse("2026-03-01T13:00:00.000Z")).toEqual(new Date("2026-03-01T13:00:00Z"));
  expect(parse(new Date(0))).toEqual(new Date(0));
  expect(parse("tomorrow")).toBeUndefined();
  expect(parse(new Date(0), "Mars/Olympus")).toBeUndefined();
});

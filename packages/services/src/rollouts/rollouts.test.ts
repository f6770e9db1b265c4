import type { Reason, StageSpec } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { revokeDevice } from "../devices/change-device.ts";
import { deleteGroup } from "../groups/delete-group.ts";
import { withdrawRelease } from "../releases/withdraw-release.ts";
import { createTestContext, goodProbe, RolloutWorld, type TestContext } from "../testing/index.ts";
import { advanceRollout } from "./advance-rollout.ts";
import { changeRollout } from "./change-rollout.ts";
import { createRollout } from "./create-rollout.ts";

let context: TestContext;
let world: RolloutWorld;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 5);
});

const tooSlow: Reason = { code: "PROBE_TOO_SLOW", message: "p95 latency 12.1 ms is 2.4 times the running release's, limit 1.5 times" };
const oneStage = (change: Partial<StageSpec> = {}): StageSpec[] => [
  { name: "all", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false, ...change },
];
const act = (id: string, kind: "pause" | "resume" | "promote" | "halt" | "revert" | "retry") =>
  changeRollout(world.ctx, world.operator, { id, action: { kind } });
const cancel = (id: string, mode: "keep" | "revert") => changeRollout(world.ctx, world.operator, { id, action: { kind: "cancel", mode } });
const assignedTo = async (releaseId: string) => (await world.ctx.db.prisma.assignment.findMany({ where: { releaseId } })).length;
const kinds = async (id: string) => (await world.view(id)).decisions.map(({ kind }) => kind).toReversed();
/** The whole fleet runs a first release. */
async function installed() {
  const first = await world.release("first");
  const id = await world.start(first, { stages: oneStage() });
  await world.finish(id, first);
  expect((await world.view(id)).state).toBe("COMPLETED");
  return first;
}
async function only(id: string, state: string): Promise<string> {
  const ids = await world.inState(id, state);
  expect(ids).toHaveLength(1);
  return ids[0] ?? "";
}

test("five devices take it 1 → 60 % → all by their own reports, and the log says each step", async () => {
  const release = await world.release("good");
  const id = await world.start(release);
  const reached: number[] = [];
  for (let stage = 0; stage < 3; stage += 1) {
    reached.push(await assignedTo(release.release.id));
    for (const deviceId of await world.inState(id, "ASSIGNED")) await world.succeed(deviceId, release);
    await world.step(id);
  }
  expect(reached).toEqual([1, 3, 5]);
  const view = await world.view(id);
  expect(view).toMatchObject({ state: "COMPLETED", why: { kind: "completed", message: "Completed: 5 devices run it." } });
  expect(view.stages.map(({ state, succeeded }) => `${state} ${succeeded}`)).toEqual(["PASSED 1", "PASSED 2", "PASSED 2"]);
  expect(await kinds(id)).toEqual([
    ...[
      "created",
      "started",
      "stage-started",
      "stage-passed",
      "stage-started",
      "stage-passed",
      "stage-started",
      "stage-passed",
      "completed",
    ],
  ]);
  expect(await world.step(id)).toBe(false);
});

test("a canary that rolls back halts at once, says why with the device's numbers, and no other device has an assignment", async () => {
  const first = await installed();
  const bad = await world.release("slow");
  const id = await world.start(bad);
  const canary = await only(id, "ASSIGNED");
  await world.report(canary, "DOWNLOADING");
  await world.report(canary, "ROLLED_BACK", { reason: tooSlow, running: first });
  await world.step(id);
  const view = await world.view(id);
  const name = world.devices.find((device) => device.id === canary)?.name;
  expect(view).toMatchObject({
    state: "HALTED",
    why: { kind: "halted-device", message: `Halted: ${name} rolled back: ${tooSlow.message}.` },
  });
  expect(await assignedTo(bad.release.id)).toBe(1);
  expect(await world.inState(id, "QUEUED")).toHaveLength(4);
  expect(view.causes).toEqual([{ ...tooSlow, deviceCount: 1, deviceNames: [name] }]);
  expect(view.can).toMatchObject({ revert: true, retry: true, resume: true, pause: false, promote: false });
  expect(await world.step(id)).toBe(false);
  await act(id, "revert");
  expect(await world.view(id)).toMatchObject({ state: "REVERTED", why: { kind: "reverted" } });
  expect(await world.assignment(canary)).toMatchObject({ releaseId: first.release.id });
});

test("a canary that answers wrongly in its probe halts by the gate although it reports success", async () => {
  const id = await world.start(await world.release("wrong"));
  const release = await world.release("unused");
  const canary = await only(id, "ASSIGNED");
  expect(release.release.id).not.toBe((await world.view(id)).release.id);
  const { release: target } = await world.view(id);
  const sha256 = (await world.ctx.db.prisma.variant.findFirstOrThrow({ where: { modelVersionId: target.modelVersionId, isSource: false } }))
    .sha256;
  const running = { ...release, release: { ...release.release, id: target.id }, variant: { id: "", sha256 } };
  await world.report(canary, "ACTIVE", { running, probe: { ...goodProbe, goldenAgreement: 0.5 } });
  await world.step(id);
  expect(await world.view(id)).toMatchObject({
    state: "HALTED",
    why: { kind: "halted-golden-agreement", message: "Halted: golden-set agreement is 50 % on 1 device, at least 99 % is asked for." },
  });
});

test("revert sends every device to what it had, and none has to download: its other slot holds it", async () => {
  const first = await installed();
  const second = await world.release("second");
  const id = await world.start(second, { stages: oneStage() });
  await world.finish(id, second);
  await world.ctx.db.prisma.deviceStatus.updateMany({
    where: { deviceId: { in: world.devices.map((device) => device.id) } },
    data: { standbyReleaseId: first.release.id, standbyVariantSha256: first.variant.sha256 },
  });
  expect((await world.view(id)).revertReach).toEqual({ deviceCount: 5, withoutDownload: 5 });
  await act(id, "revert");
  expect(await assignedTo(first.release.id)).toBe(5);
  expect((await world.view(id)).state).toBe("REVERTING");
  await world.finish(id, first);
  const view = await world.view(id);
  expect(view).toMatchObject({ state: "REVERTED", why: { message: "Reverted: 5 devices run what ran before." } });
  expect((await world.devicesOf(id)).every(({ state, bytesFetched }) => state === "REVERTED" && bytesFetched === 0)).toBe(true);
});

test("a device that was away for the whole rollout keeps its assignment, and succeeds when it comes back", async () => {
  const away = world.devices[2]?.id ?? "";
  await world.setOnline(away, false);
  const release = await world.release("good");
  const id = await world.start(release, { stages: oneStage({ deadlineSeconds: 60 }) });
  await world.finish(id, release);
  expect(await world.inState(id, "UNREACHED")).toEqual([away]);
  expect((await world.view(id)).state).toBe("RUNNING");
  world.pass(60);
  await world.step(id);
  expect(await world.view(id)).toMatchObject({
    state: "COMPLETED",
    why: { message: "Completed: 4 devices run it, 1 not reached. Those not reached catch up by themselves when they return." },
  });
  await world.setOnline(away, true);
  await world.succeed(away, release);
  const view = await world.view(id);
  expect(view.state).toBe("COMPLETED");
  expect((await world.devicesOf(id)).every(({ state }) => state === "SUCCEEDED")).toBe(true);
});

test("a newer rollout supersedes an older one's device by number, and late reports about the old number change nothing", async () => {
  const [older, newer] = [await world.release("older"), await world.release("newer")];
  const first = await world.start(older, { stages: oneStage() });
  const device = (await world.inState(first, "ASSIGNED"))[0] ?? "";
  await world.report(device, "DOWNLOADING");
  const seq = (await world.assignment(device))?.seq ?? 0;
  world.pass(1);
  const second = await world.start(newer, { stages: oneStage() });
  expect(await world.inState(first, "SUPERSEDED")).toHaveLength(5);
  expect((await world.assignment(device))?.seq).toBe(seq + 1);
  await world.finish(second, newer);
  await world.step(first);
  // Nothing is left to it: it ends, and cannot take the devices back by a retry or a revert.
  expect(await world.view(first)).toMatchObject({
    state: "CANCELLED",
    why: { kind: "superseded", message: "Ended: newer rollouts took over all of its 5 devices, so nothing is left to do here." },
    can: { retry: false, revert: false },
  });
  expect(await world.inState(second, "SUCCEEDED")).toHaveLength(5);
});

test("retry takes only those that failed, with a new number", async () => {
  const release = await world.release("good");
  const id = await world.start(release, { stages: oneStage(), gates: { failureRateMax: null } });
  const [failing, ...others] = await world.inState(id, "ASSIGNED");
  for (const deviceId of others) await world.succeed(deviceId, release);
  await world.report(failing ?? "", "ROLLED_BACK", { reason: tooSlow });
  await world.step(id);
  expect((await world.view(id)).state).toBe("COMPLETED");
  const seqs = async () => new Map((await world.ctx.db.prisma.assignment.findMany()).map(({ deviceId, seq }) => [deviceId, seq]));
  const before = await seqs();
  await act(id, "retry");
  const after = await seqs();
  expect(await world.inState(id, "ASSIGNED")).toEqual([failing]);
  expect(after.get(failing ?? "")).toBeGreaterThan(before.get(failing ?? "") ?? 0);
  for (const deviceId of others) expect(after.get(deviceId)).toBe(before.get(deviceId));
  await world.finish(id, release);
  expect(await world.view(id)).toMatchObject({ state: "COMPLETED", can: { retry: false } });
});

test("a device whose agent was too old is refused, and taken by a retry once it is new enough", async () => {
  const old = world.devices[0]?.id ?? "";
  const setOpset = async (maxOpset: number) => {
    const { profile } = await world.ctx.db.prisma.device.findUniqueOrThrow({ where: { id: old } });
    const runtimes = [{ name: "onnxruntime", version: "1.10.0", providers: ["cpu"], maxOpset }];
    await world.ctx.db.prisma.device.update({ where: { id: old }, data: { profile: { ...(profile as object), runtimes } } });
  };
  await setOpset(12);
  const release = await world.release("new");
  const id = await world.start(release, { stages: oneStage() });
  expect(await world.inState(id, "REFUSED")).toEqual([old]);
  expect((await world.view(id)).causes[0]).toMatchObject({
    code: "OPSET_TOO_NEW",
    message: expect.stringContaining("knows up to 12") as string,
  });
  await world.finish(id, release);
  await setOpset(25);
  await act(id, "retry");
  expect(await world.inState(id, "ASSIGNED")).toEqual([old]);
  await world.finish(id, release);
  expect(await world.inState(id, "SUCCEEDED")).toHaveLength(5);
});

describe("a person", () => {
  test("pauses and resumes: nothing new is assigned in between, although the stage is done", async () => {
    const release = await world.release("good");
    const id = await world.start(release);
    await act(id, "pause");
    await world.succeed(await only(id, "ASSIGNED"), release);
    await world.step(id);
    expect(await assignedTo(release.release.id)).toBe(1);
    await act(id, "resume");
    expect(await assignedTo(release.release.id)).toBe(3);
    await expect(act(id, "resume")).rejects.toMatchObject({
      code: "INVALID_TRANSITION",
      message: expect.stringContaining("running") as string,
    });
  });

  test("promotes a stage that waits for it", async () => {
    const release = await world.release("good");
    const manual: StageSpec = { name: "canary", target: { kind: "count", count: 1 }, soakSeconds: 0, deadlineSeconds: 600, manual: true };
    const id = await world.start(release, { stages: [manual, ...oneStage()] });
    await world.finish(id, release);
    expect(await world.view(id)).toMatchObject({ state: "RUNNING", why: { kind: "awaiting-promotion" } });
    expect(await world.step(id)).toBe(false);
    await act(id, "promote");
    await world.finish(id, release);
    expect((await world.view(id)).state).toBe("COMPLETED");
  });

  test("halts: devices that have not begun keep what they run, and a resume gives it to them again", async () => {
    const release = await world.release("good");
    const id = await world.start(release, { stages: oneStage() });
    const [busy] = await world.inState(id, "ASSIGNED");
    await world.report(busy ?? "", "DOWNLOADING");
    await act(id, "halt");
    expect(await assignedTo(release.release.id)).toBe(1);
    expect(await world.inState(id, "QUEUED")).toHaveLength(4);
    await world.succeed(busy ?? "", release);
    world.pass(1);
    await act(id, "resume");
    await world.finish(id, release);
    expect(await world.view(id)).toMatchObject({ state: "COMPLETED", why: { message: "Completed: 5 devices run it." } });
  });

  test.each([
    ["keep", "CANCELLED", "SUCCEEDED"],
    ["revert", "REVERTED", "REVERTED"],
  ] as const)("cancels with %s: the rollout is %s and the canary's row %s", async (mode, state, row) => {
    const first = await installed();
    const release = await world.release("second");
    const id = await world.start(release);
    const canary = await only(id, "ASSIGNED");
    await world.succeed(canary, release);
    await cancel(id, mode);
    if (mode === "revert") await world.finish(id, first);
    const view = await world.view(id);
    expect(view.state).toBe(state);
    const devices = await world.devicesOf(id);
    expect(devices.find(({ deviceId }) => deviceId === canary)?.state).toBe(row);
    expect(devices.filter((device) => device.state === "CANCELLED")).toHaveLength(4);
    expect((await world.assignment(canary))?.releaseId).toBe(mode === "keep" ? release.release.id : first.release.id);
    await expect(act(id, "resume")).rejects.toMatchObject({ code: "INVALID_TRANSITION" });
  });

  test("of another organisation finds nothing", async () => {
    const id = await world.start(await world.release("good"));
    const stranger = (await context.addOrganisation()).actor.owner;
    await expect(changeRollout(world.ctx, stranger, { id, action: { kind: "halt" } })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("cannot delete the group or withdraw the release while the rollout lives, and cannot retry a withdrawn one", async () => {
    const release = await world.release("good");
    const id = await world.start(release, { stages: oneStage(), gates: { failureRateMax: null } });
    await expect(deleteGroup(world.ctx, world.operator, world.group.id)).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(withdrawRelease(world.ctx, world.operator, release.release.id)).rejects.toMatchObject({ code: "CONFLICT" });
    const [failing, ...others] = await world.inState(id, "ASSIGNED");
    for (const deviceId of others) await world.succeed(deviceId, release);
    await world.report(failing ?? "", "ROLLED_BACK", { reason: tooSlow });
    await world.step(id);
    await withdrawRelease(world.ctx, world.operator, release.release.id);
    await expect(act(id, "retry")).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("withdrawn") as string });
    await deleteGroup(world.ctx, world.operator, world.group.id);
    expect((await world.view(id)).group.name).toBe("–");
  });
});

test("a device that is revoked leaves the rollout, and nobody waits for it", async () => {
  const release = await world.release("good");
  const id = await world.start(release, { stages: oneStage() });
  const [revoked, ...others] = await world.inState(id, "ASSIGNED");
  for (const deviceId of others) await world.succeed(deviceId, release);
  await revokeDevice(world.ctx, world.operator, revoked ?? "");
  await world.step(id);
  expect((await world.view(id)).state).toBe("COMPLETED");
  expect(await world.inState(id, "CANCELLED")).toEqual([revoked]);
});

test("gateways that look at once write each decision and each assignment once", async () => {
  const release = await world.release("good");
  const id = await world.start(release);
  await world.succeed(await only(id, "ASSIGNED"), release);
  world.pass(1);
  const advanced = await Promise.all([1, 2, 3, 4].map(() => advanceRollout(world.ctx, { rolloutId: id })));
  expect(advanced.filter(({ changed }) => changed)).toHaveLength(1);
  expect(await kinds(id)).toEqual(["created", "started", "stage-started", "stage-passed", "stage-started"]);
  const hints = await world.ctx.db.prisma.outbox.findMany({ where: { organisationId: world.organisation.organisationId, topic: "hint" } });
  expect(hints).toHaveLength(3);
});

test("reports and the controller at once never wait for each other in a circle", async () => {
  const release = await world.release("good");
  const id = await world.start(release, { stages: oneStage({ deadlineSeconds: 1 }) });
  const ids = await world.inState(id, "ASSIGNED");
  world.pass(2);
  await Promise.all([
    ...ids.map((deviceId) => world.succeed(deviceId, release)),
    ...[1, 2, 3, 4].map(() => advanceRollout(world.ctx, { rolloutId: id })),
  ]);
  await world.step(id);
  expect((await world.devicesOf(id)).every(({ state }) => state === "SUCCEEDED")).toBe(true);
});

test("a rollout to a group without devices is refused and leaves no draft", async () => {
  const { release } = await world.release("good");
  const group = await world.ctx.db.prisma.group.create({
    data: { organisationId: world.organisation.organisationId, name: "empty", kind: "static" },
  });
  const { gates } = await world.view(await world.start(await world.release("other")));
  const input = { name: "x", releaseId: release.id, groupId: group.id, stages: oneStage(), gates, start: true };
  await expect(createRollout(world.ctx, world.operator, input)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await world.ctx.db.prisma.rollout.count({ where: { releaseId: release.id } })).toBe(0);
});

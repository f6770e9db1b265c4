import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { listRollouts } from "../rollouts/list-rollouts.ts";
import { preflightRollout } from "../rollouts/preflight-rollout.ts";
import { addDevice, addStaticGroup, canaryThenAll, createTestContext, RolloutWorld, type TestContext } from "../testing/index.ts";
import { getOverview } from "./get-overview.ts";

let context: TestContext;
let world: RolloutWorld;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 5);
});

const overview = () => getOverview(world.ctx, world.operator);

test("an empty organisation has nothing to attend to", async () => {
  const stranger = await context.addOrganisation();
  expect(await getOverview(world.ctx, stranger.actor.viewer)).toEqual({
    fleet: [],
    deviceCount: 0,
    healthyCount: 0,
    adoption: [],
    adoptionReleases: [],
    rolloutMarks: [],
    running: [],
    attention: [],
    models: [],
    firstUse: { uploaded: false, deviceAdded: false, rolledOut: false },
  });
});

test("adoption, fleet and running rollouts are what the devices reported", async () => {
  const release = await world.release("good");
  const id = await world.start(release);
  const [canary] = await world.inState(id, "ASSIGNED");
  await world.succeed(canary ?? "", release);
  await world.step(id);
  world.pass(60);
  const { fleet, deviceCount, healthyCount, adoption, adoptionReleases, rolloutMarks, running, models, firstUse } = await overview();
  expect({ deviceCount, healthyCount, firstUse }).toEqual({
    deviceCount: 5,
    healthyCount: 5,
    firstUse: { uploaded: true, deviceAdded: true, rolledOut: true },
  });
  expect(fleet.filter(({ versionLabel }) => versionLabel !== null)).toMatchObject([{ id: canary, health: "healthy" }]);
  expect(adoption[0]?.counts).toEqual({});
  expect(adoption.at(-1)?.counts).toEqual({ [release.release.id]: 1 });
  expect(adoptionReleases).toEqual([{ releaseId: release.release.id, name: "good" }]);
  expect(rolloutMarks).toMatchObject([{ label: "to good" }]);
  expect(running).toMatchObject([{ id, state: "RUNNING", deviceCount: 5, succeededCount: 1, failedCount: 0 }]);
  expect(models).toMatchObject([{ runsOn: 1 }]);
});

test("what needs a person is counted by cause, the halted rollout first, with its sentence", async () => {
  const { organisationId } = world.organisation;
  await addDevice(world.ctx, organisationId, { state: "PENDING" });
  await addDevice(world.ctx, organisationId, { status: { online: false } });
  await addDevice(world.ctx, organisationId, { state: "REVOKED" });
  const id = await world.start(await world.release("bad"));
  const [canary] = await world.inState(id, "ASSIGNED");
  await world.report(canary ?? "", "ROLLED_BACK", { reason: { code: "HOST_CRASHED", message: "it crashed 3 times" } });
  await world.step(id);
  await world.ctx.db.prisma.deviceEvent.create({
    data: {
      id: randomUUID(),
      organisationId,
      deviceId: canary ?? "",
      at: world.now,
      kind: "security",
      reasonCode: "SIGNATURE_INVALID",
      reasonMessage: "forged",
    },
  });
  const { attention, healthyCount, deviceCount } = await overview();
  expect(attention.map(({ kind, count }) => [kind, count])).toEqual([
    ["rollout-halted", 1],
    ["security", 1],
    ["devices-failed", 1],
    ["devices-pending", 1],
    ["devices-offline", 1],
  ]);
  expect(attention[0]?.why).toMatchObject({
    kind: "halted-device",
    message: expect.stringMatching(/rolled back: it crashed 3 times\.$/) as string,
  });
  expect(attention[1]?.reason).toEqual({ code: "SIGNATURE_INVALID", message: "forged" });
  expect({ healthyCount, deviceCount }).toEqual({ healthyCount: 4, deviceCount: 6 });
});

test("devices that share a cause are one row, whatever their numbers; the newest one's sentence stands for it", async () => {
  const { organisationId } = world.organisation;
  const at = (minutes: number) => new Date(world.now.getTime() - minutes * 60_000);
  const failed = (name: string, reasonCode: string, reasonMessage: string, phaseAt: Date) =>
    addDevice(world.ctx, organisationId, { name, status: { phase: "ROLLED_BACK", reasonCode, reasonMessage, phaseAt } });
  await failed("a", "PROBE_TOO_SLOW", "9 ms", at(3));
  await failed("b", "PROBE_TOO_SLOW", "7 ms", at(1));
  await failed("c", "HOST_CRASHED", "it crashed", at(2));
  await addDevice(world.ctx, organisationId, { name: "d", status: { temperatureC: 95 } });
  await addDevice(world.ctx, organisationId, { name: "e", status: { phase: "ACTIVE", reasonCode: "HOST_HUNG", reasonMessage: "hangs" } });
  await addDevice(world.ctx, organisationId, { name: "f", status: { online: false, lastSeenAt: at(26 * 60) } });
  await addDevice(world.ctx, organisationId, { name: "g", status: { online: false, lastSeenAt: at(5) } });
  const { attention } = await overview();
  expect(
    attention.map(({ kind, count, devices, reason, href }) => [kind, count, devices.map(({ name }) => name), reason?.message, href]),
  ).toEqual([
    ["devices-failed", 2, ["b", "a"], "7 ms", "/devices?filter=health%20%3D%20failed%20and%20reason%20%3D%20PROBE_TOO_SLOW"],
    ["devices-failed", 1, ["c"], "it crashed", "/devices?filter=health%20%3D%20failed%20and%20reason%20%3D%20HOST_CRASHED"],
    ["devices-warning", 1, ["e"], "hangs", "/devices?filter=health%20%3D%20warning%20and%20reason%20%3D%20HOST_HUNG"],
    ["devices-warm", 1, ["d"], undefined, "/devices?filter=health%20%3D%20warning"],
    ["devices-away", 1, ["f"], undefined, "/devices?filter=health%20%3D%20offline&sort=lastSeen"],
    ["devices-offline", 1, ["g"], undefined, "/devices?filter=health%20%3D%20offline&sort=lastSeen"],
  ]);
  expect(attention.find(({ kind }) => kind === "devices-away")?.since).toEqual(at(26 * 60));
});

test("a preflight says who takes it, who cannot and why, the traffic and the shortest time", async () => {
  const release = await world.release("good");
  const [current, standby] = world.devices;
  const held = { runningReleaseId: release.release.id, runningVariantSha256: release.variant.sha256 };
  await world.ctx.db.prisma.deviceStatus.update({ where: { deviceId: current?.id ?? "" }, data: held });
  const stands = { standbyReleaseId: release.release.id, standbyVariantSha256: release.variant.sha256, online: false };
  await world.ctx.db.prisma.deviceStatus.update({ where: { deviceId: standby?.id ?? "" }, data: stands });
  const small = await addDevice(world.ctx, world.organisation.organisationId, { name: "small", profile: { memoryBytes: 10 } });
  const group = await addStaticGroup(world.ctx, world.organisation.organisationId, [...world.devices, small]);
  const stages = canaryThenAll.map((stage) => ({ ...stage, soakSeconds: 60 }));
  const input = { releaseId: release.release.id, groupId: group.id, stages };
  expect(await preflightRollout(world.ctx, world.operator, input)).toEqual({
    deviceCount: 6,
    onlineCount: 5,
    alreadyCurrent: 1,
    refusals: [
      {
        reason: { code: "NOT_ENOUGH_MEMORY", message: expect.stringContaining("10 B") as string },
        count: 1,
        devices: [{ deviceId: small.id, name: "small" }],
      },
    ],
    release: { state: "READY", invalidReason: null },
    offline: [{ deviceId: standby?.id, name: standby?.name }],
    takenFrom: [],
    downloadBytesPerDevice: 350,
    downloadBytesTotal: 3 * 350,
    bytesPerSecond: null,
    peakBytesPerSecond: null,
    stages: [
      { name: "canary", newDevices: 1, totalDevices: 1, bytes: 175, earliestStart: 0, earliestEnd: 60, latestEnd: 660 },
      { name: "60 %", newDevices: 3, totalDevices: 4, bytes: 525, earliestStart: 60, earliestEnd: 120, latestEnd: 1320 },
      { name: "all", newDevices: 2, totalDevices: 6, bytes: 350, earliestStart: 120, earliestEnd: 180, latestEnd: 1980 },
    ],
  });
  const stranger = await context.addOrganisation();
  await expect(preflightRollout(world.ctx, stranger.actor.owner, input)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("rollouts are listed newest first, page by page, and only the organisation's own", async () => {
  const release = await world.release("good");
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    world.pass(n % 2);
    ids.push(await world.start(release));
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await listRollouts(world.ctx, world.operator, { cursor, limit: 1 });
    expect(page.total).toBe(3);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen.toSorted()).toEqual(ids.toSorted());
  const forged = Buffer.from('["not a date","not an id"]').toString("base64url");
  await expect(listRollouts(world.ctx, world.operator, { cursor: forged })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  const stranger = await context.addOrganisation();
  expect(await listRollouts(world.ctx, stranger.actor.viewer, {})).toEqual({ items: [], nextCursor: null, total: 0 });
});

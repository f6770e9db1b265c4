import { type RolloutOptions, weekdays } from "@flotilla/contracts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addDevice } from "../testing/add-fleet.ts";
import { createTestContext, RolloutWorld, type TestContext } from "../testing/index.ts";
import { advanceRollout } from "./advance-rollout.ts";

let context: TestContext;
let world: RolloutWorld;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 3);
});

const stages = [{ name: "all", target: { kind: "percent" as const, percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false }];
const start = async (options: Partial<RolloutOptions>) =>
  await world.start(await world.release("good"), { stages, gates: { failureRateMax: null }, options });
const look = async (id: string, seconds: number) => {
  world.pass(seconds);
  return await advanceRollout(world.ctx, { rolloutId: id });
};
const soon = (seconds: number) => new Date(world.now.getTime() + seconds * 1000);

test("devices get the release no faster than the pace, and the page says who waits until when", async () => {
  const id = await start({ pace: { kind: "constant", perMinute: 1 } });
  expect(await world.inState(id, "ASSIGNED")).toHaveLength(1);
  expect(await look(id, 1)).toMatchObject({ changed: false });
  expect((await world.view(id)).waiting).toEqual([{ for: "pace", deviceCount: 2, until: soon(59) }]);
  await look(id, 59);
  expect(await world.inState(id, "QUEUED")).toHaveLength(1);
});

test("a device waits for its window in its own time zone", async () => {
  const tokyo = world.devices[0]?.id ?? "";
  await world.ctx.db.prisma.device.update({ where: { id: tokyo }, data: { tags: { timeZone: "Asia/Tokyo" } } });
  // It is 12:00 UTC, 21:00 in Tokyo.
  const id = await start({ windows: [{ days: [...weekdays], from: "20:00", to: "23:00" }] });
  expect(await world.inState(id, "ASSIGNED")).toEqual([tokyo]);
  expect((await world.view(id)).waiting).toEqual([{ for: "window", deviceCount: 2, until: soon(8 * 3600) }]);
  await look(id, 8 * 3600);
  expect(await world.inState(id, "QUEUED")).toEqual([]);
});

test("a device that failed is tried again by itself after its backoff, as often as is allowed", async () => {
  const id = await start({ retries: { limit: 1, backoffSeconds: 60 } });
  const [failing = ""] = await world.inState(id, "ASSIGNED");
  await world.report(failing, "ROLLED_BACK");
  expect((await look(id, 1)).nextChangeAt?.getTime()).toBeLessThanOrEqual(soon(59).getTime());
  expect(await world.inState(id, "ROLLED_BACK")).toEqual([failing]);
  await look(id, 60);
  expect(await world.inState(id, "ROLLED_BACK")).toEqual([]);
  expect((await world.view(id)).decisions.map(({ kind }) => kind)).toContain("retried-by-itself");
  await world.report(failing, "ROLLED_BACK");
  await look(id, 600);
  expect(await world.inState(id, "ROLLED_BACK")).toEqual([failing]);
});

test("a device that comes into the group joins a rollout that lets it, once", async () => {
  const id = await start({ joinNewDevices: true });
  const { organisationId } = world.organisation;
  const late = await addDevice(world.ctx, organisationId, { name: "late" });
  await world.ctx.db.prisma.groupMember.create({ data: { groupId: world.group.id, deviceId: late.id, organisationId } });
  await look(id, 11);
  expect(await world.inState(id, "ASSIGNED")).toContain(late.id);
  expect(await look(id, 11)).toMatchObject({ changed: false });
  const view = await world.view(id);
  expect(await world.devicesOf(id)).toHaveLength(4);
  expect(view.decisions[0]).toMatchObject({ kind: "joined", message: "1 new device of the group joins stage “all”." });
});

test("an exclusive test device is only taken by a rollout that asks for it", async () => {
  const own = world.devices[0]?.id ?? "";
  await world.ctx.db.prisma.device.update({ where: { id: own }, data: { tags: { exclusive: "true" } } });
  expect((await world.devicesOf(await start({}))).map(({ deviceId }) => deviceId)).not.toContain(own);
  expect(await world.inState(await start({ takesExclusiveDevices: true }), "ASSIGNED")).toContain(own);
});

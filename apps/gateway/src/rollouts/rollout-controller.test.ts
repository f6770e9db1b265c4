import { listenLive } from "@flotilla/db";
import { type ServiceContext, setPresence } from "@flotilla/services";
import { createTestContext, RolloutWorld, type TestContext } from "@flotilla/services/testing";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { RolloutController } from "./rollout-controller.ts";

// A real database on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });
/** Like the product's, only faster. */
const TIMING = { tickMs: 200, crowdMs: 50, checkMs: 60_000, retryMs: 150 };
const SOON = { timeout: 10_000, interval: 20 };

let context: TestContext;
let world: RolloutWorld;
let ctx: ServiceContext;
/** Transactions that the controller has begun: each loads one rollout. */
let loads: number;
const running: (() => Promise<void>)[] = [];
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(async () => await context.close());
beforeEach(async () => {
  world = await RolloutWorld.create(context, 3);
  // Its agents report at the real time; the controller's clock goes on.
  world.now = new Date();
  world.pass(0);
  loads = 0;
  const { db } = world.ctx;
  const rawTransaction: typeof db.rawTransaction = async (work, options) => {
    loads += 1;
    return await db.rawTransaction(work, options);
  };
  ctx = { ...world.ctx, clock: () => new Date(), db: { ...db, rawTransaction } };
});
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

async function begin(of: ServiceContext = ctx): Promise<RolloutController> {
  const controller = new RolloutController(of, TIMING);
  const stopListening = await listenLive(context.url, (event) => controller.hear(event), { onGap: () => controller.lookAtAll() });
  controller.start();
  running.push(async () => {
    await stopListening();
    await controller.stop();
  });
  return controller;
}

const start = async (name: string, change: { soakSeconds?: number; deadlineSeconds?: number } = {}) => {
  const release = await world.release(name);
  const stage = { name: "all", target: { kind: "percent" as const, percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false };
  return { release, id: await world.start(release, { stages: [{ ...stage, ...change }], gates: { failureRateMax: null } }) };
};
const stateOf = async (id: string) => (await world.view(id)).state;
const until = async (id: string, state: string) => await vi.waitFor(async () => expect(await stateOf(id)).toBe(state), SOON);
const quiet = async () => {
  let before = -1;
  while (before !== loads) {
    before = loads;
    await sleep(250);
  }
  return loads;
};
const present = async (deviceId: string, online: boolean) =>
  await setPresence(world.ctx, [{ deviceId, presence: { online, bootId: randomUUID() } }]);

describe("a rollout is loaded", () => {
  test("when a report announces itself, and not while nothing happens", async () => {
    const { release, id } = await start("good");
    await begin();
    const idle = await quiet();
    await sleep(500);
    expect(loads, "the slow tick loads nothing").toBe(idle);
    for (const deviceId of await world.inState(id, "ASSIGNED")) await world.succeed(deviceId, release);
    await until(id, "COMPLETED");
  });

  test("when one of its devices goes or comes back", async () => {
    const { id } = await start("good");
    await begin();
    const [device = ""] = await world.inState(id, "ASSIGNED");
    await present(device, false);
    await vi.waitFor(async () => expect(await world.inState(id, "UNREACHED")).toEqual([device]), SOON);
    await present(device, true);
    await vi.waitFor(async () => expect(await world.inState(id, "UNREACHED")).toEqual([]), SOON);
  });

  test("by the slow tick, when a device went and nobody said so", async () => {
    const { id } = await start("good");
    await begin();
    await quiet();
    const [device = ""] = await world.inState(id, "ASSIGNED");
    await world.setOnline(device, false);
    await vi.waitFor(async () => expect(await world.inState(id, "UNREACHED")).toEqual([device]), SOON);
  });

  test("when a soak ends, without any news", async () => {
    const { release, id } = await start("good", { soakSeconds: 1 });
    await begin();
    for (const deviceId of await world.inState(id, "ASSIGNED")) await world.succeed(deviceId, release);
    await vi.waitFor(async () => expect((await world.view(id)).stages[0]?.state).toBe("SOAKING"), SOON);
    await until(id, "COMPLETED");
    const { stages, finishedAt } = await world.view(id);
    const late = (finishedAt?.getTime() ?? 0) - (stages[0]?.soakUntil?.getTime() ?? 0);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late, "a timer, not the next tick but one").toBeLessThan(1_500);
  });

  test("when a deadline ends, without any news", async () => {
    const { id } = await start("slow", { deadlineSeconds: 1 });
    await begin();
    await vi.waitFor(async () => expect(await world.inState(id, "TIMED_OUT")).toHaveLength(3), SOON);
  });

  test("when news may have been lost", async () => {
    const { release, id } = await start("good");
    const controller = new RolloutController(ctx, TIMING);
    running.push(async () => await controller.stop());
    controller.start();
    await quiet();
    for (const deviceId of await world.inState(id, "ASSIGNED")) await world.succeed(deviceId, release);
    controller.lookAtAll();
    await until(id, "COMPLETED");
  });
});

test("a large rollout is looked at now and then while its devices report, and right after the last one", async () => {
  const { release, id } = await start("good");
  const { db } = ctx;
  // As long as a look at ten thousand devices takes.
  const rawTransaction: typeof db.rawTransaction = async (work, options) => {
    await sleep(150);
    return await db.rawTransaction(work, options);
  };
  const controller = await begin({ ...ctx, db: { ...db, rawTransaction } });
  await quiet();
  const [before, beganAt] = [loads, performance.now()];
  while (performance.now() - beganAt < 1_400) {
    controller.hear({ organisationId: "of the rollout", topic: "rollout", id });
    await sleep(20);
  }
  expect(loads - before).toBeLessThanOrEqual(2);
  for (const deviceId of await world.inState(id, "ASSIGNED")) await world.succeed(deviceId, release);
  await until(id, "COMPLETED");
});

test("without a live rollout it looks once a tick, also when devices come and go", async () => {
  let asked = 0;
  const query: typeof ctx.db.query = async (...statement) => {
    asked += 1;
    return await ctx.db.query(...statement);
  };
  const controller = await begin({ ...ctx, db: { ...ctx.db, query } });
  await sleep(300);
  controller.hear({ organisationId: "of a device", topic: "device" });
  await sleep(300);
  const before = asked;
  await sleep(5 * TIMING.tickMs);
  // Three statements a look, and a look more than there are ticks.
  expect(asked - before).toBeLessThanOrEqual(18);
});

test("several gateways decide once", async () => {
  const { release, id } = await start("good");
  await Promise.all([begin(), begin(), begin()]);
  for (const deviceId of await world.inState(id, "ASSIGNED")) await world.succeed(deviceId, release);
  await until(id, "COMPLETED");
  const kinds = (await world.view(id)).decisions.map(({ kind }) => kind).toReversed();
  expect(kinds).toEqual(["created", "started", "stage-started", "stage-passed", "completed"]);
});

test("a rollout that cannot be advanced does not hold up the others, and is tried again", async () => {
  const broken = await start("broken");
  const fine = await start("fine");
  const { db } = ctx;
  let failures = 0;
  const rawTransaction: typeof db.rawTransaction = async (work, options) =>
    await db.rawTransaction(async (tx) => {
      if (failures > 0) return await work(tx);
      failures += 1;
      throw new Error("the database is away for a moment");
    }, options);
  await begin({ ...ctx, db: { ...db, rawTransaction } });
  await until(broken.id, "CANCELLED");
  for (const deviceId of await world.inState(fine.id, "ASSIGNED")) await world.succeed(deviceId, fine.release);
  await until(fine.id, "COMPLETED");
  expect(failures).toBe(1);
});

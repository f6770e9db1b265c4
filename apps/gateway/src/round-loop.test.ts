import { setTimeout as sleep } from "node:timers/promises";
import { createLogger } from "@flotilla/logger";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RoundLoop, type RoundLoopOptions } from "./round-loop.ts";

const logger = createLogger("round-loop", "silent");
let loop: RoundLoop;
let rounds = 0;
beforeEach(() => {
  vi.useFakeTimers();
  rounds = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await loop.stop();
});

function begin(round: (n: number) => Promise<number> | number, options: Partial<RoundLoopOptions> = {}): void {
  loop = new RoundLoop({ name: "test", logger, round: async () => await round((rounds += 1)), ...options });
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("runs when it is woken, and again when its last round said", async () => {
  begin(() => 100);
  expect(rounds).toBe(0);
  loop.wake();
  await pass(0);
  expect(rounds).toBe(1);
  await pass(99);
  expect(rounds).toBe(1);
  await pass(1);
  expect(rounds).toBe(2);
});

test("many wakes during a round are one more round", async () => {
  const gate = Promise.withResolvers<void>();
  begin(async (n) => {
    if (n === 1) await gate.promise;
    return 1_000;
  });
  for (let n = 0; n < 5; n += 1) loop.wake();
  loop.wakeWithin(10);
  gate.resolve();
  await pass(50);
  expect(rounds).toBe(2);
});

test("a crowd of wakes within some time is one round, and the earliest counts", async () => {
  begin(() => 10_000);
  loop.wakeWithin(500);
  loop.wakeWithin(200);
  loop.wakeWithin(300);
  await pass(199);
  expect(rounds).toBe(0);
  await pass(1);
  expect(rounds).toBe(1);
  await pass(5_000);
  expect(rounds).toBe(1);
});

test("a round that fails is tried again after a while, and not in a circle by wakes that came meanwhile", async () => {
  begin(
    (n) => {
      loop.wake();
      return n < 3 ? Promise.reject(new Error("away")) : 60_000;
    },
    { retryMs: 100 },
  );
  loop.wake();
  await pass(0);
  expect(rounds).toBe(1);
  await pass(100);
  expect(rounds).toBe(2);
});

test("stops after the round that runs, tells it so, and never starts another", async () => {
  vi.useRealTimers();
  let told = false;
  loop = new RoundLoop({
    name: "test",
    logger,
    round: async (stopping) => {
      rounds += 1;
      await sleep(20);
      told = stopping.aborted;
      return 0;
    },
  });
  loop.wake();
  await sleep(5);
  await loop.stop();
  loop.wake();
  loop.wakeWithin(0);
  await sleep(30);
  expect([rounds, told]).toEqual([1, true]);
});

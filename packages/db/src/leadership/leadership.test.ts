import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { Leadership } from "./leadership.ts";

let database: TestDatabase;
const started: Leadership[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => await Promise.all(started.splice(0).map(async (one) => await one.stop())));
afterAll(() => database.close());

function candidate(log: string[], who: string): Leadership {
  const leadership = new Leadership({
    url: database.url,
    name: "test",
    onGain: () => void log.push(`${who} leads`),
    onLoss: async () => void log.push(`${who} steps down`),
  });
  started.push(leadership);
  leadership.start();
  return leadership;
}
const holders = async () => {
  const rows = await database.db.query<{ pid: number }>(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  return rows.map(({ pid }) => pid);
};

test("one of two leads; when it stops the other takes over", async () => {
  const log: string[] = [];
  const first = candidate(log, "first");
  await vi.waitFor(() => expect(first.isLeader()).toBe(true), { timeout: 5_000 });
  const second = candidate(log, "second");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect([second.isLeader(), log]).toEqual([false, ["first leads"]]);
  await first.stop();
  await vi.waitFor(() => expect(log).toEqual(["first leads", "first steps down", "second leads"]), { timeout: 2_000 });
});

test("a leader whose connection is cut steps down at once, and there is never a second one", async () => {
  const log: string[] = [];
  candidate(log, "a");
  candidate(log, "b");
  await vi.waitFor(() => expect(log).toHaveLength(1), { timeout: 5_000 });
  for (let round = 0; round < 5; round += 1) {
    const [pid] = await holders();
    const before = log.length;
    await database.db.query("SELECT pg_terminate_backend($1)", [pid]);
    await vi.waitFor(() => expect(log.length).toBeGreaterThanOrEqual(before + 2), { timeout: 5_000 });
    expect(await holders()).toHaveLength(1);
  }
  // Between two that lead there is always one that stepped down.
  const leads = log.filter((line) => line.endsWith("leads")).length;
  expect(leads - log.filter((line) => line.endsWith("steps down")).length).toBe(1);
});

test("nobody leads while the database is not there, and stopping waits for nothing", async () => {
  const leadership = new Leadership({
    url: "postgresql://nobody@127.0.0.1:1/none",
    name: "x",
    onGain: () => expect.fail(),
    onLoss: async () => undefined,
  });
  leadership.start();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(leadership.isLeader()).toBe(false);
  await leadership.stop();
});

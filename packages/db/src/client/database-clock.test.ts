import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { followDatabaseClock } from "./database-clock.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** A database whose clock differs from this machine's. */
const ahead = (ms: () => number) => ({
  query: async <T extends object>(sql: string): Promise<T[]> => {
    const rows = await database.db.query<{ ms: number }>(sql);
    return rows.map((row) => ({ ms: row.ms + ms() })) as unknown as T[];
  },
});

test("shows the database's time and not the host's", async () => {
  const hour = 3_600_000;
  const clock = await followDatabaseClock(ahead(() => hour));
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2001-01-01T00:00:00Z") });
  const shown = clock.now().getTime();
  vi.useRealTimers();
  expect(Math.abs(shown - Date.now() - hour)).toBeLessThan(2_000);
  clock.stop();
});

test("follows a clock that is set, and goes on while the database is away", async () => {
  let difference = 0;
  let away = false;
  const clock = await followDatabaseClock(
    ahead(() => {
      if (away) throw new Error("away");
      return difference;
    }),
    20,
  );
  difference = -60_000;
  await vi.waitFor(() => expect(clock.now().getTime() - Date.now()).toBeLessThan(-50_000));
  away = true;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(clock.now().getTime() - Date.now()).toBeLessThan(-50_000);
  clock.stop();
});

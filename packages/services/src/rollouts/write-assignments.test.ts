import { hintSpreadSeconds } from "@flotilla/domain";
import { createTestDatabase, type TestDatabase } from "@flotilla/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spreadSql } from "./write-assignments.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test.each([
  [0, 0],
  [3999, 0],
  [4000, 499_999_999],
  [5000, 5_000_000_000],
  [100_000, 1],
  [1000, 1_000_000_000_000],
])("%i devices that fetch %i bytes spread their answers as domain says", async (devices, bytes) => {
  const [row] = await database.db.query<{ seconds: number }>(`SELECT ${spreadSql(`${devices}::bigint`, `${bytes}::numeric`)} AS seconds`);
  expect(row?.seconds).toBe(hintSpreadSeconds({ devices, bytes }));
});

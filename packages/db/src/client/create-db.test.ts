import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { isMissingRow, isUniqueViolation } from "./database-errors.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

function addModel(name: string) {
  return database.db.prisma.model.create({ data: { organisationId: "o", name } });
}

test("a transaction that throws leaves nothing", async () => {
  const { db } = database;
  await expect(
    db.transaction(async (tx) => {
      await tx.model.create({ data: { organisationId: "o", name: "never" } });
      throw new Error("stop");
    }),
  ).rejects.toThrow("stop");
  expect(await db.query("SELECT 1 FROM model WHERE name = $1", ["never"])).toEqual([]);
});

test("a raw transaction is all or nothing, ends by its limit, and leaves its connection usable", async () => {
  const { db } = database;
  const add = (name: string) => `INSERT INTO model (id, "organisationId", name) VALUES ('${randomUUID()}', 'o', '${name}')`;
  await expect(
    db.rawTransaction(async (tx) => {
      expect(await tx.$executeRawUnsafe(add("raw, never"))).toBe(1);
      throw new Error("stop");
    }),
  ).rejects.toThrow("stop");
  await expect(
    db.rawTransaction(
      async (tx) => {
        await tx.$executeRawUnsafe(add("raw, too late"));
        await tx.$queryRawUnsafe("SELECT pg_sleep(5)");
      },
      { timeoutMs: 100 },
    ),
  ).rejects.toThrow("timeout");
  await db.rawTransaction(async (tx) => void (await tx.$executeRawUnsafe(add("raw, kept"))));
  expect(await db.query("SELECT name FROM model WHERE name LIKE 'raw, %'")).toEqual([{ name: "raw, kept" }]);
});

test("a raw transaction that keeps its plans plans each statement once, and leaves other transactions of its connection alone", async () => {
  const { db } = database;
  const statement = "SELECT count(*) AS kept FROM model WHERE name = $1";
  await db.rawTransaction(
    async (tx) => {
      for (const name of ["a", "b", "c"]) expect(await tx.$queryRawUnsafe(statement, name)).toEqual([{ kept: 0 }]);
      const plans = `SELECT generic_plans AS generic, custom_plans AS custom FROM pg_prepared_statements WHERE statement = $1`;
      expect(await tx.$queryRawUnsafe(plans, statement)).toEqual([{ generic: 3, custom: 0 }]);
    },
    { keepPlans: true },
  );
  await db.rawTransaction(async (tx) => expect(await tx.$queryRawUnsafe("SHOW plan_cache_mode")).toEqual([{ plan_cache_mode: "auto" }]));
});

test("plain SQL answers bigint as a number and refuses one that a number cannot hold", async () => {
  const { db } = database;
  expect(await db.query("SELECT count(*) AS count, 9007199254740991::bigint AS most FROM device")).toEqual([
    { count: 0, most: 9007199254740991 },
  ]);
  await expect(db.query("SELECT 9007199254740993::bigint AS more")).rejects.toThrow("too large");
});

test("a row that is already there is told apart from other errors, by Prisma, by raw SQL and by pg", async () => {
  const { db } = database;
  await addModel("twice");
  const insert = `INSERT INTO model (id, "organisationId", name) VALUES ('${randomUUID()}', 'o', 'twice')`;
  for (const attempt of [() => addModel("twice"), () => db.prisma.$executeRawUnsafe(insert), () => db.query(insert)]) {
    expect(isUniqueViolation(await attempt().catch((error: unknown) => error))).toBe(true);
  }
  const missing = await db.prisma.model.update({ where: { id: randomUUID() }, data: { name: "x" } }).catch((error: unknown) => error);
  expect(isMissingRow(missing)).toBe(true);
  expect(isUniqueViolation(missing)).toBe(false);
});

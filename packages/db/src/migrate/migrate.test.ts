import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import pg from "pg";
import { createEmptyDatabase } from "../testing/create-test-database.ts";
import { writeSchemaSql } from "./diff-schema.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS_DIRECTORY, readMigrations } from "./read-migrations.ts";

test("processes that start together apply each migration once; a later start applies nothing", async () => {
  const database = await createEmptyDatabase();
  const names = (await readMigrations()).map((migration) => migration.name);
  const applied = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
  expect(applied.flat()).toEqual(names);
  expect(await migrate(database.url)).toEqual([]);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const rows = await client.query("SELECT migration_name, applied_steps_count FROM _prisma_migrations ORDER BY 1");
  expect(rows.rows).toEqual(names.map((name) => ({ migration_name: name, applied_steps_count: 1 })));
  await client.end();
  await database.close();
});

test("the migrations make what the schema says: after a change of prisma/schema.prisma run `pnpm --filter @flotilla/db write-migration`", async () => {
  const database = await createEmptyDatabase();
  const first = await readFile(join(MIGRATIONS_DIRECTORY, "0001_init", "migration.sql"), "utf8");
  expect(first.startsWith((await writeSchemaSql(database.url)).trim())).toBe(true);
  await database.close();
});

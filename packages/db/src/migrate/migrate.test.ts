import { Client } from "pg";
import { expect, test } from "vitest";
import { createEmptyDatabase } from "../testing/create-test-database.ts";
import { writeSchemaSql } from "./diff-schema.ts";
import { migrate } from "./migrate.ts";
import { readMigrations } from "./read-migrations.ts";

async function onEmptyDatabase<T>(work: (client: Client, url: string) => Promise<T>): Promise<T> {
  const database = await createEmptyDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return await work(client, database.url);
  } finally {
    await client.end();
    await database.close();
  }
}

test("processes that start together apply each migration once; a later start applies nothing", () =>
  onEmptyDatabase(async (client, url) => {
    const names = (await readMigrations()).map((migration) => migration.name);
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(applied.flat()).toEqual(names);
    expect(await migrate(url)).toEqual([]);
    const rows = await client.query("SELECT migration_name, applied_steps_count FROM _prisma_migrations ORDER BY 1");
    expect(rows.rows).toEqual(names.map((name) => ({ migration_name: name, applied_steps_count: 1 })));
  }));

/** Every column, constraint and index, one line each. A partitioned table is described as any other; its partitions lie in another schema. */
async function describeDatabase(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`
    SELECT format('%s.%s %s(%s) null:%s default:%s', table_name, column_name, udt_name, datetime_precision, is_nullable, column_default) AS line
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> '_prisma_migrations'
    UNION ALL SELECT replace(indexdef, ' ON ONLY ', ' ON ') FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
    ORDER BY 1`);
  return rows.map((row) => row.line);
}

test("the migrations make what prisma/schema.prisma says, and besides it only indexes", async () => {
  const migrated = await onEmptyDatabase(async (client, url) => {
    await migrate(url);
    return describeDatabase(client);
  });
  const fromSchema = await onEmptyDatabase(async (client, url) => {
    await client.query(await writeSchemaSql(url));
    return describeDatabase(client);
  });
  expect(fromSchema.length).toBeGreaterThan(200);
  // A line here: the schema has it and no migration makes it.
  expect(fromSchema.filter((line) => !migrated.includes(line))).toEqual([]);
  expect(migrated.filter((line) => !fromSchema.includes(line) && !line.startsWith("CREATE INDEX"))).toEqual([]);
});

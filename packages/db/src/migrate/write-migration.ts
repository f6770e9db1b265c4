import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createEmptyDatabase } from "../testing/create-test-database.ts";
import { writeSchemaSql } from "./diff-schema.ts";
import { MIGRATIONS_DIRECTORY, readMigrations } from "./read-migrations.ts";
import { TUNING_SQL } from "./tuning.ts";

/**
 * `pnpm --filter @flotilla/db write-migration`: writes `prisma/migrations/0001_init` anew from `prisma/schema.prisma` plus
 * `tuning.ts`. Only while it is the only one: a database that has it cannot be given it anew. A later schema change is a new folder with
 * hand-written SQL (`0003_<what>/migration.sql`), and the test "the migrations make what the schema says" tells whether it is complete.
 */
const later = (await readMigrations()).slice(1).map((migration) => migration.name);
if (later.length > 0)
  throw new Error(
    `0001_init is final, since ${later.join(", ")} came after it: write the next folder by hand, then run the migration tests.`,
  );
const database = await createEmptyDatabase();
try {
  const sql = await writeSchemaSql(database.url);
  const directory = join(MIGRATIONS_DIRECTORY, "0001_init");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "migration.sql"), `${sql.trim()}\n\n${TUNING_SQL.trim()}\n`);
} finally {
  await database.close();
}

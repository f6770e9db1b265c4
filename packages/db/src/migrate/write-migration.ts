import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createEmptyDatabase } from "../testing/create-test-database.ts";
import { writeSchemaSql } from "./diff-schema.ts";
import { MIGRATIONS_DIRECTORY } from "./read-migrations.ts";
import { TUNING_SQL } from "./tuning.ts";

/**
 * `pnpm --filter @flotilla/db write-migration`: writes `prisma/migrations/0001_init` anew from `prisma/schema.prisma` plus
 * `tuning.ts`. Only until the first release: afterwards a schema change is a new folder with hand-written SQL
 * (`0002_<what>/migration.sql`), and the test "the migrations make what the schema says" tells whether it is complete.
 */
const database = await createEmptyDatabase();
try {
  const sql = await writeSchemaSql(database.url);
  const directory = join(MIGRATIONS_DIRECTORY, "0001_init");
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "migration.sql"), `${sql.trim()}\n\n${TUNING_SQL.trim()}\n`);
} finally {
  await database.close();
}

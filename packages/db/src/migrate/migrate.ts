import { Client } from "pg";
import { MIGRATIONS_DIRECTORY, readMigrations, type Migration } from "./read-migrations.ts";
import { openSchemaEngine } from "./schema-engine.ts";

/** "flotilla" as a number: processes that start together migrate one after another. */
const LOCK_KEY = 7_356_845;

/**
 * Applies what `prisma/migrations` has and the database has not, in order; returns the names that it applied. Records them in
 * `_prisma_migrations`, the table of Prisma's own CLI. Safe to run from several processes at once.
 */
export async function migrate(url: string): Promise<string[]> {
  const migrations = await readMigrations();
  const lock = new Client({ connectionString: url });
  await lock.connect();
  try {
    await lock.query("SELECT pg_advisory_lock($1)", [LOCK_KEY]);
    if (await isUpToDate(lock, migrations)) return [];
    return await applyMigrations(url, migrations);
  } finally {
    await lock.end();
  }
}

/** Spares a start the engine's loading (0.2 s) when nothing is to be done. */
async function isUpToDate(client: Client, migrations: readonly Migration[]): Promise<boolean> {
  const table = await client.query<{ present: boolean }>("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present");
  if (table.rows[0]?.present !== true) return false;
  const applied = await client.query<{ migration_name: string }>(
    "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const names = new Set(applied.rows.map((row) => row.migration_name));
  return migrations.every((migration) => names.has(migration.name));
}

async function applyMigrations(url: string, migrations: readonly Migration[]): Promise<string[]> {
  const engine = await openSchemaEngine(url);
  try {
    const output = await engine.applyMigrations({
      migrationsList: {
        baseDir: MIGRATIONS_DIRECTORY,
        lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
        shadowDbInitScript: "",
        migrationDirectories: migrations.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
        })),
      },
      filters: { externalTables: [], externalEnums: [] },
    });
    return output.appliedMigrationNames;
  } finally {
    engine.free();
  }
}

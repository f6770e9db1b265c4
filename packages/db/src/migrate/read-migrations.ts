import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));
export const SCHEMA_FILE = fileURLToPath(new URL("../../../../prisma/schema.prisma", import.meta.url));

export interface Migration {
  /** Folder name, such as `0001_init`; migrations are applied in the order of their names. */
  name: string;
  sql: string;
}

/** The migrations in the repository, in order. */
export async function readMigrations(directory: string = MIGRATIONS_DIRECTORY): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.toSorted().map(async (name) => ({ name, sql: await readFile(join(directory, name, "migration.sql"), "utf8") })));
}

/** One short digest over every migration: names the template database that tests clone. */
export function fingerprintMigrations(migrations: readonly Migration[]): string {
  const hash = createHash("sha256");
  for (const migration of migrations) hash.update(`${migration.name}\0${migration.sql}\0`);
  return hash.digest("hex").slice(0, 16);
}

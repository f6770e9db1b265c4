import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { chown, cp, mkdir, rename, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { PostgresBinaries } from "./find-binaries.ts";

/** Where Postgres runs from, where it keeps its data, and as whom. */
export interface PostgresHome {
  binaries: PostgresBinaries;
  dataDirectory: string;
  /** Set where we are root: Postgres refuses to be. */
  identity: { uid: number; gid: number } | Record<string, never>;
}

/**
 * Postgres refuses to run as root, and another user cannot enter root's private folders. So where we are root and the way to
 * `directory` or to the binaries is closed to others, both move to a place that is open.
 */
export async function findHome(binaries: PostgresBinaries, directory: string): Promise<PostgresHome> {
  if (process.getuid?.() !== 0) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return { binaries, dataDirectory: directory, identity: {} };
  }
  const identity = await unprivilegedIdentity();
  const home: PostgresHome = {
    binaries: (await isOpenToAll(path.dirname(binaries.postgres))) ? binaries : await copyBinaries(binaries),
    dataDirectory: directory,
    identity,
  };
  await mkdir(directory, { recursive: true });
  if (!(await isOpenToAll(path.dirname(directory)))) {
    home.dataDirectory = path.join("/var/lib/flotilla", createHash("sha256").update(directory).digest("hex").slice(0, 16));
    await mkdir(home.dataDirectory, { recursive: true });
  }
  await chown(home.dataDirectory, identity.uid, identity.gid);
  return home;
}

async function unprivilegedIdentity(): Promise<{ uid: number; gid: number }> {
  const run = promisify(execFile);
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // This user does not exist here: try the next one.
    }
  }
  throw new Error("Postgres refuses to run as root, and this machine has neither a user `postgres` nor `nobody`.");
}

/** Whether a user without rights may walk down to `directory`. */
async function isOpenToAll(directory: string): Promise<boolean> {
  for (let current = path.resolve(directory); ; current = path.dirname(current)) {
    if (((await stat(current)).mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

async function copyBinaries(binaries: PostgresBinaries): Promise<PostgresBinaries> {
  const source = path.resolve(path.dirname(binaries.postgres), "..");
  const temporary = (await isOpenToAll(os.tmpdir())) ? os.tmpdir() : "/var/tmp";
  const target = path.join(temporary, `flotilla-postgres-${createHash("sha256").update(source).digest("hex").slice(0, 16)}`);
  const known = await stat(target).catch(() => null);
  if (known === null) {
    const partial = `${target}.${process.pid}`;
    await cp(source, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, target).catch(async () => rm(partial, { recursive: true, force: true }));
  }
  const program = (name: string): string => path.join(target, "bin", name);
  return { initdb: program("initdb"), pg_ctl: program("pg_ctl"), postgres: program("postgres") };
}

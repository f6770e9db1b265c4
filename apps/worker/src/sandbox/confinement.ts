import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A user that nobody is: between those that distributions give to people and services and those that systemd makes up. */
const SANDBOX_UID = 61_183;
/** Where all code lies that a child loads: the folders of the workspace that hold nothing else. Its root may hold the data directory. */
const WORKSPACE = realpathSync(fileURLToPath(new URL("../../../..", import.meta.url)));
export const CODE_DIRECTORIES = ["apps/worker", "packages", "node_modules/.pnpm"].map((name) => join(WORKSPACE, name));

/** What the machine gives besides Node's own permission model to keep a child from what is none of its business. */
export interface Confinement {
  /** User and group of the child; null: the worker's own, because only root can change it, or that user could not read the code. */
  uid: number | null;
  /** The program before node that takes the network away; empty where the system offers none to this user. */
  prefix: readonly string[];
}

/** How a child that works in `directory` is confined. */
export function confinementFor(directory: string): Confinement {
  const uid = process.getuid?.() === 0 && isReachable(directory) && isCodeReadable() ? SANDBOX_UID : null;
  return { uid, prefix: networkPrefix(uid) };
}

function isCodeReadable(): boolean {
  return [process.execPath, ...CODE_DIRECTORIES].every((path) => isReachable(path) && isReadable(path));
}

/** Whether somebody without rights of his own gets to a path: each folder above it lets everybody through. */
export function isReachable(path: string): boolean {
  const above = dirname(realpathSync(path));
  return (statSync(above).mode & 0o001) !== 0 && (above === dirname(above) || isReachable(above));
}

/** Whether everybody may read a file, or list and enter a folder. */
export function isReadable(path: string): boolean {
  const stat = statSync(path);
  const needed = stat.isDirectory() ? 0o005 : 0o004;
  return (stat.mode & needed) === needed;
}

const known = new Map<number | null, readonly string[]>();

/** A network namespace of its own, empty; by a user namespace, so that no rights are needed. Asked of the kernel once for each user. */
function networkPrefix(uid: number | null): readonly string[] {
  const before = known.get(uid);
  if (before !== undefined) return before;
  const prefix = findUnshare(uid);
  known.set(uid, prefix);
  return prefix;
}

function findUnshare(uid: number | null): readonly string[] {
  const program = process.platform === "linux" ? ["/usr/bin/unshare", "/bin/unshare"].find((path) => existsSync(path)) : undefined;
  if (program === undefined) return [];
  const prefix = [program, "--user", "--map-current-user", "--net", "--"];
  const { status } = spawnSync(program, [...prefix.slice(1), "/bin/true"], {
    cwd: "/",
    env: {},
    stdio: "ignore",
    timeout: 5_000,
    ...(uid === null ? {} : { uid, gid: uid }),
  });
  return status === 0 ? prefix : [];
}

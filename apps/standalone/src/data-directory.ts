import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Where one stack keeps everything. */
export interface DataDirectory {
  root: string;
  postgres: string;
  blobs: string;
  uploads: string;
  secrets: string;
  logs: string;
  devices: string;
  portsFile: string;
}

export function layOut(root: string): DataDirectory {
  const below = (name: string): string => path.join(root, name);
  return {
    root,
    postgres: below("postgres"),
    blobs: below("blobs"),
    uploads: below("uploads"),
    secrets: below("secrets"),
    logs: below("logs"),
    devices: below("devices"),
    portsFile: below("ports.json"),
  };
}

/**
 * Makes the folders and takes the lock.
 *
 * @returns releases the lock
 * @throws Error when another stack runs on the same data.
 */
export async function claim(directory: DataDirectory): Promise<() => Promise<void>> {
  await mkdir(directory.root, { recursive: true });
  const lockFile = path.join(directory.root, "lock");
  const holder = Number(await readFile(lockFile, "utf8").catch(() => "0"));
  if (holder > 0 && isAlive(holder)) {
    throw new Error(`Flotilla already runs on ${directory.root} (process ${holder}). Stop it first, or pass --data DIR for a second one.`);
  }
  await writeFile(lockFile, String(process.pid));
  await Promise.all(
    [directory.blobs, directory.uploads, directory.logs, directory.devices].map((folder) => mkdir(folder, { recursive: true })),
  );
  await mkdir(directory.secrets, { recursive: true, mode: 0o700 });
  return async () => rm(lockFile, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A secret that is made once and kept, readable by its owner only. */
export async function keepSecret(directory: DataDirectory, name: string): Promise<string> {
  const file = path.join(directory.secrets, name);
  const kept = await readFile(file, "utf8").catch(() => null);
  if (kept !== null) return kept;
  const made = randomBytes(32).toString("base64url");
  await writeFile(file, made, { mode: 0o600 });
  return made;
}

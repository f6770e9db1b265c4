import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const NAME = /^flotilla-(\d+)-[0-9a-f-]{36}$/;

/** Calls `work` with an empty directory that only this user can open, and removes it whatever happens. */
export async function withWorkDirectory<T>(root: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = join(root, `flotilla-${process.pid}-${randomUUID()}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes what workers left behind that were killed before they could: directories of processes that are no more. */
export async function sweepWorkDirectories(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const name of await readdir(root)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

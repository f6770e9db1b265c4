import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/** Makes `directory` (0700) where it is missing. */
export async function ensureSecretDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
}

/** Replaces `path` (0600) as one step: temp file, fsync, rename, fsync of the directory. */
export async function replaceSecret(path: string, content: string): Promise<void> {
  const temporary = await writeTemporary(path, content);
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/**
 * The content of `path`, made by `create` where there is none. Two processes that start together agree: the one that links
 * first wins, and the other reads the winner's file.
 */
export async function loadOrCreateSecret(path: string, create: () => Promise<string> | string): Promise<string> {
  const existing = await readSecret(path);
  if (existing !== null) return existing;
  await ensureSecretDirectory(dirname(path));
  const temporary = await writeTemporary(path, await create());
  try {
    await link(temporary, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(path));
  return await readFile(path, "utf8");
}

/** The content of `path`, or null where there is no such file. */
export async function readSecret(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function writeTemporary(path: string, content: string): Promise<string> {
  const temporary = join(dirname(path), `.${randomBytes(8).toString("hex")}.tmp`);
  const file = await open(temporary, "wx", FILE_MODE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

import { dirname } from "node:path";
import type { FileSystem } from "../ports/file-system.ts";

/** Makes the entries of a directory durable: without it a rename may be undone by a power cut. */
export async function fsyncDirectory(fs: FileSystem, path: string): Promise<void> {
  // Windows cannot open a directory; its rename is journalled by the file system.
  if (process.platform === "win32") return;
  const handle = await fs.open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function fsyncFile(fs: FileSystem, path: string): Promise<void> {
  const handle = await fs.open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces a file as a whole: after a power cut it holds the old content or the new, never a mixture.
 *
 * @param mode permission bits of the new file; 0o600 for secrets
 */
export async function writeFileAtomic(fs: FileSystem, path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await fs.mkdirs(dirname(path));
  const partial = `${path}.partial`;
  const handle = await fs.open(partial, "w", mode);
  try {
    await handle.chmod(mode);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(partial, path);
  await fsyncDirectory(fs, dirname(path));
}

/** The file's text, or null where there is none. */
export async function readTextIfThere(fs: FileSystem, path: string): Promise<string | null> {
  try {
    return await fs.readText(path);
  } catch (error) {
    if (isNodeError(error) && error.code === "ENOENT") return null;
    throw error;
  }
}

export function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

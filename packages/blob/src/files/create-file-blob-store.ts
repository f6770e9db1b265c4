import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { FlotillaError } from "@flotilla/contracts";
import type { BlobInfo, BlobStore, OpenOptions, PutOptions, TakePart } from "../blob-store.ts";
import { blobNotFound, checkDigest } from "../check-digest.ts";
import { receiveToFile } from "../receive-to-file.ts";

/** What `readParts` reads at once. Sent over TLS, a byte costs a quarter less than in parts of 64 kB; each reader holds as much. */
const PART_BYTES = 128 * 1024;

export interface FileBlobStoreOptions {
  /** Created when it is not there. Must be one file system: a finished file is moved, not copied. */
  directory: string;
}

/**
 * Blobs as files: `<directory>/ab/cd/<sha256>`, and `<directory>/tmp` for what is still arriving.
 *
 * INVARIANT: a path with a digest as its name holds exactly those bytes. Bytes get such a name only by `rename` after they
 * were counted, hashed and fsynced; the directory is fsynced after it, so that a power cut cannot take the name back.
 */
export function createFileBlobStore({ directory }: FileBlobStoreOptions): BlobStore {
  const pathOf = (sha256: string): string => {
    checkDigest(sha256);
    return join(directory, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  };

  async function statBlob(sha256: string): Promise<{ sizeBytes: number } | null> {
    const info = await stat(pathOf(sha256)).catch(ignoreMissing);
    return info === null ? null : { sizeBytes: info.size };
  }

  async function requireBlob(sha256: string): Promise<{ path: string; sizeBytes: number }> {
    const info = await statBlob(sha256);
    if (info === null) throw blobNotFound(sha256);
    return { path: pathOf(sha256), sizeBytes: info.sizeBytes };
  }

  /** Where a range lies; of an empty file `end` is before `start`. */
  async function locate(sha256: string, options: OpenOptions): Promise<{ path: string; start: number; end: number }> {
    const { path, sizeBytes } = await requireBlob(sha256);
    const { start = 0, end = sizeBytes - 1 } = options;
    const isWholeOfNothing = sizeBytes === 0 && options.start === undefined;
    if (!isWholeOfNothing && (start < 0 || start > end || end >= sizeBytes)) {
      throw new FlotillaError("INVALID_INPUT", `The range ${start}–${end} lies outside the file, which has ${sizeBytes} bytes.`);
    }
    return { path, start, end };
  }

  return {
    stat: statBlob,

    async put(source: AsyncIterable<Uint8Array>, options: PutOptions): Promise<BlobInfo> {
      const temporary = join(directory, "tmp", randomUUID());
      await mkdir(dirname(temporary), { recursive: true });
      const info = await receiveToFile(temporary, source, options);
      await moveIntoPlace(temporary, pathOf(info.sha256));
      return info;
    },

    async open(sha256: string, options: OpenOptions = {}): Promise<Readable> {
      const { path, start, end } = await locate(sha256, options);
      return end < start ? createReadStream(path) : createReadStream(path, { start, end });
    },

    async readParts(sha256: string, options: OpenOptions, take: TakePart): Promise<void> {
      const { path, start, end } = await locate(sha256, options);
      const file = await open(path, "r");
      try {
        await readRange(file, start, end, take);
      } finally {
        await file.close();
      }
    },

    async localPath(sha256: string): Promise<string> {
      return (await requireBlob(sha256)).path;
    },

    async delete(sha256: string): Promise<void> {
      await rm(pathOf(sha256), { force: true });
    },
  };
}

/** Into one buffer: a new one for each part makes V8 mark the whole heap every few megabytes, at twice the cost of sending them. */
async function readRange(file: FileHandle, start: number, end: number, take: TakePart): Promise<void> {
  const memory = Buffer.allocUnsafeSlow(Math.max(0, Math.min(PART_BYTES, end - start + 1)));
  for (let at = start; at <= end; ) {
    const { bytesRead } = await file.read(memory, 0, Math.min(memory.length, end - at + 1), at);
    if (bytesRead === 0) throw new FlotillaError("INTERNAL", `A stored file ended at byte ${at}, before its ${end + 1}.`);
    at += bytesRead;
    if (!(await take(memory.subarray(0, bytesRead)))) return;
  }
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
  const folder = await open(dirname(to), "r");
  try {
    await folder.sync();
  } catch (error) {
    // Windows cannot fsync a directory; its rename is journalled.
    if (process.platform !== "win32") throw error;
  } finally {
    await folder.close();
  }
}

function ignoreMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}

import { FlotillaError, type ReleaseFile } from "@flotilla/contracts";
import { createHash, type Hash } from "node:crypto";
import { dirname, join } from "node:path";
import { type FileSystem, nodeFileSystem, type OpenFile } from "../ports/file-system.ts";
import { fsyncDirectory } from "./atomic-file.ts";
import type { DeviceClient, DeviceResponse } from "./https-client.ts";

/** After so many bytes the file is fsynced: a power cut costs at most one part. */
export const PART_BYTES = 1 << 20;
const MAX_REDIRECTS = 3;

export type DownloadOptions = {
  client: Pick<DeviceClient, "open" | "server">;
  /** Default: the machine's own. */
  fs?: FileSystem;
  directory: string;
  file: ReleaseFile;
  signal: AbortSignal;
  idleMs?: number;
  /** Called with the bytes of this file that lie on disk. */
  onBytes: (sizeBytes: number) => void;
};

/**
 * Fetches one file to `<directory>/<sha256>`, going on where an earlier try, or an earlier life of the agent, stopped.
 *
 * The length is a hard cap: a byte more ends the download. The digest is computed while bytes arrive; after a restart the part
 * on disk is hashed again first. Throws LENGTH_MISMATCH or DIGEST_MISMATCH (the partial file is deleted: it can never become
 * right; DIGEST_MISMATCH only where all of it came in this one try), and anything else for a network that failed (the partial file stays).
 */
export async function downloadFile(options: DownloadOptions): Promise<void> {
  const { directory, file, onBytes, fs = nodeFileSystem } = options;
  await fs.mkdirs(directory);
  const complete = join(directory, file.sha256);
  const partial = `${complete}.partial`;
  // A complete file is trusted only by size here: verification hashes it before it goes into a slot.
  if ((await sizeOf(fs, complete)) === file.sizeBytes) return onBytes(file.sizeBytes);
  const hash = createHash("sha256");
  const earlier = await rehash(fs, partial, file.sizeBytes, hash);
  const fetched = earlier < file.sizeBytes ? await fetchRest(options, fs, partial, earlier, hash) : { have: earlier, hash };
  await finish(fs, partial, complete, file, fetched, earlier > 0);
}

async function finish(
  fs: FileSystem,
  partial: string,
  complete: string,
  file: ReleaseFile,
  fetched: { have: number; hash: Hash },
  isResumed: boolean,
): Promise<void> {
  const { have, hash } = fetched;
  if (have < file.sizeBytes) throw new Error(`the connection ended after ${have} of ${file.sizeBytes} bytes of ${file.name}`);
  const digest = hash.digest("hex");
  if (digest !== file.sha256) {
    await fs.remove(partial);
    // What an earlier try left may have been torn by a power cut, which nobody has to be suspected for.
    if (isResumed) throw new Error(`what an earlier try left of ${file.name} was damaged; it is fetched from the beginning`);
    throw new FlotillaError(
      "DIGEST_MISMATCH",
      `${file.name} was fetched with the digest ${digest}; the signed release says ${file.sha256}. It was deleted.`,
    );
  }
  await fs.rename(partial, complete);
  await fsyncDirectory(fs, dirname(complete));
}

async function sizeOf(fs: FileSystem, path: string): Promise<number | null> {
  return (await fs.stat(path).catch(() => null))?.size ?? null;
}

/** Hashes what an earlier try left. A file longer than it may be is worth nothing. */
async function rehash(fs: FileSystem, partial: string, sizeBytes: number, hash: Hash): Promise<number> {
  const size = (await sizeOf(fs, partial)) ?? 0;
  if (size > sizeBytes) {
    await fs.remove(partial);
    return 0;
  }
  if (size > 0) for await (const chunk of fs.readChunks(partial)) hash.update(chunk);
  return size;
}

async function fetchRest(
  options: DownloadOptions,
  fs: FileSystem,
  partial: string,
  have: number,
  hash: Hash,
): Promise<{ have: number; hash: Hash }> {
  const response = await openRange(options, have);
  const { file } = options;
  const status = response.statusCode ?? 0;
  const from = status === 206 ? rangeStart(response, file, have) : 0;
  if (status !== 200 && status !== 206) {
    response.resume();
    throw new Error(`the server answered ${status} for ${file.name}`);
  }
  // A server that ignores Range sends the whole: begin again rather than append it.
  const begin = from === 0 ? createHash("sha256") : hash;
  const handle = await fs.open(partial, from === 0 ? "w" : "a", 0o644);
  try {
    return { have: await writeBody(options, response, handle, from, begin), hash: begin };
  } finally {
    await handle.close();
  }
}

async function openRange(options: DownloadOptions, have: number): Promise<DeviceResponse> {
  const { client, file, signal, idleMs } = options;
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-`, "if-range": `"${file.sha256}"` } : {};
  let path = `/device/v1/artifacts/${file.sha256}`;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await client.open("GET", path, { headers, signal, ...(idleMs === undefined ? {} : { idleMs }) });
    const location = response.headers.location;
    if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || location === undefined) return response;
    response.resume();
    path = new URL(location, path.startsWith("https://") ? path : `${client.server}${path}`).href;
    if (!path.startsWith("https://")) throw new Error(`the server redirects ${file.name} to an address without TLS`);
  }
  throw new Error(`the server redirects ${file.name} more than ${MAX_REDIRECTS} times`);
}

/** RFC 9110 §14.4. The part must begin exactly where ours ends. */
function rangeStart(response: DeviceResponse, file: ReleaseFile, have: number): number {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(response.headers["content-range"] ?? "");
  const start = Number(match?.[1]);
  const total = match?.[3];
  if (match === null || start !== have || (total !== "*" && Number(total) !== file.sizeBytes)) {
    response.destroy();
    throw new Error(
      `the server sent "${response.headers["content-range"] ?? "no Content-Range"}" where bytes ${have}-/${file.sizeBytes} of ${file.name} were asked for`,
    );
  }
  return start;
}

async function writeBody(options: DownloadOptions, response: DeviceResponse, handle: OpenFile, from: number, hash: Hash): Promise<number> {
  const { file, onBytes } = options;
  let have = from;
  let unsynced = 0;
  try {
    for await (const chunk of response) {
      const bytes = chunk as Uint8Array;
      if (have + bytes.byteLength > file.sizeBytes) {
        response.destroy();
        await handle.truncate(0);
        throw new FlotillaError(
          "LENGTH_MISMATCH",
          `The server sends more than the ${file.sizeBytes} bytes that the signed release allows for ${file.name}.`,
        );
      }
      // Not `write`: on a disk that becomes full that one writes less than it was given, and says so only in its result.
      await handle.writeFile(bytes);
      hash.update(bytes);
      have += bytes.byteLength;
      unsynced += bytes.byteLength;
      if (unsynced >= PART_BYTES) {
        await syncOrForget(handle);
        unsynced = 0;
      }
      onBytes(have);
    }
  } finally {
    await syncOrForget(handle);
  }
  return have;
}

/** A disk says once that it could not keep what it was given, and the next fsync succeeds (Linux): what was written is not to be built upon. */
async function syncOrForget(handle: OpenFile): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    await handle.truncate(0);
    throw error;
  }
}

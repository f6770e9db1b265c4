import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, chmod, chown, copyFile, rename } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { confinementFor, type Confinement, isReachable, isReadable } from "./confinement.ts";
import type { RequestKind, RequestOf } from "./protocol.ts";
import { mapRequestPaths, pathsOf } from "./request-paths.ts";

export interface HandedOver<K extends RequestKind> {
  request: RequestOf<K>;
  /** Files outside of the working directory that the child reads. */
  readable: string[];
  confinement: Confinement;
}

/**
 * Gives a child what it works on. One that runs as another user gets the working directory for its own, and a copy of each file that this user
 * could not read; copies stay until the directory is removed, since a job asks several children about the same files.
 */
export async function handOver<K extends RequestKind>(kind: K, request: RequestOf<K>, directory: string): Promise<HandedOver<K>> {
  const confinement = confinementFor(directory);
  const paths = pathsOf(kind, request).map((path) => resolve(directory, path));
  const outside = paths.filter((path) => !path.startsWith(directory + sep));
  if (confinement.uid === null) return { request, readable: outside, confinement };
  await chown(directory, confinement.uid, confinement.uid);
  const copies = new Map<string, string>();
  for (const path of outside) if (!isReachable(path) || !isReadable(path)) copies.set(path, await copyInto(directory, path));
  return {
    request: mapRequestPaths(kind, request, (path) => copies.get(resolve(directory, path)) ?? path),
    readable: outside.filter((path) => !copies.has(path)),
    confinement,
  };
}

/** Without a copy where the file system can share the bytes. */
async function copyInto(directory: string, path: string): Promise<string> {
  const copy = join(directory, `input-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`);
  const isThere = await access(copy).then(
    () => true,
    () => false,
  );
  if (isThere) return copy;
  await copyFile(path, `${copy}.partial`, constants.COPYFILE_FICLONE);
  await chmod(`${copy}.partial`, 0o444);
  await rename(`${copy}.partial`, copy);
  return copy;
}

import { type Assignment, FlotillaError, type ReleaseFile, type ReleaseManifest, type TrustedKey } from "@flotilla/contracts";
import { readReleaseManifest } from "@flotilla/trust/verify";
import { join } from "node:path";
import type { FileSystem } from "../ports/file-system.ts";
import { filesOf, verifyFile } from "./slot-store.ts";

export type SignedRelease = { manifest: ReleaseManifest; files: ReleaseFile[] };

/**
 * Checks the envelope of an assignment before a byte is fetched: signature by a pinned key, that it is about the release and the
 * variant that were assigned, and that it is not older than what this device has confirmed.
 *
 * @param goesBack true where the release was once confirmed in the other slot: going back to it is a revert and not a replay
 */
export function verifyAssignment(
  assignment: Assignment,
  keys: readonly TrustedKey[],
  counters: Readonly<Record<string, number>>,
  goesBack: boolean,
): SignedRelease {
  const manifest = readReleaseManifest(assignment.envelope, keys);
  if (manifest.releaseId !== assignment.releaseId) {
    throw new FlotillaError(
      "ENVELOPE_INVALID",
      `Release ${assignment.releaseId} was assigned, but the signed envelope is of release ${manifest.releaseId}.`,
    );
  }
  const files = filesOf(manifest, assignment.variant.model.sha256);
  const confirmed = counters[manifest.modelId] ?? 0;
  if (manifest.counter < confirmed && !goesBack) {
    throw new FlotillaError(
      "RELEASE_REPLAYED",
      `Release ${manifest.counter} of ${manifest.modelName} is older than release ${confirmed}, which this device has confirmed. An old release is taken only out of the other slot.`,
    );
  }
  return { manifest, files };
}

/** Digest and length of every downloaded file. Nothing unverified goes into a slot. */
export async function verifyDownloads(fs: FileSystem, directory: string, files: readonly ReleaseFile[]): Promise<void> {
  for (const file of files) await verifyFile(fs, join(directory, file.sha256), file);
}

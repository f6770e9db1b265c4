import { FlotillaError, sha256Schema } from "@flotilla/contracts";

/** Throws INVALID_INPUT unless `sha256` is 64 lower-case hex digits: a digest becomes a path, so nothing else may pass. */
export function checkDigest(sha256: string): void {
  if (!sha256Schema.safeParse(sha256).success) {
    throw new FlotillaError("INVALID_INPUT", `"${sha256.slice(0, 80)}" is not a SHA-256: give 64 lower-case hexadecimal digits.`);
  }
}

/** The error for a blob that is not in the store. */
export function blobNotFound(sha256: string): FlotillaError {
  return new FlotillaError("NOT_FOUND", `No file with SHA-256 ${sha256.slice(0, 12)}… is stored here. Upload it again.`);
}

import type { Readable } from "node:stream";

export interface BlobInfo {
  sha256: string;
  sizeBytes: number;
}

export interface PutOptions {
  /** Refuse the bytes with HASH_MISMATCH when they hash to something else. */
  expectedSha256?: string;
  /** Refuse with TOO_LARGE as soon as one byte more than this has come; nothing is kept. */
  maxBytes: number;
}

export interface OpenOptions {
  /** First byte, 0 when absent. */
  start?: number;
  /** Last byte, inclusive, as in an HTTP Range; the end of the blob when absent. */
  end?: number;
}

/** What is done with a part; its memory may be used again as soon as this is answered. False: no more, please. */
export type TakePart = (part: Uint8Array) => Promise<boolean>;

/**
 * Bytes by their SHA-256. A blob is immutable: it is there in full under its digest, or it is not there.
 * Every method that takes a digest throws INVALID_INPUT when it is not 64 lower-case hex digits: it becomes a path.
 */
export interface BlobStore {
  /** Size of a blob, null when the store does not have it. */
  stat(sha256: string): Promise<{ sizeBytes: number } | null>;
  /** Streams bytes in while hashing them. Throws TOO_LARGE, HASH_MISMATCH, or what the source threw; then nothing is left behind. */
  put(source: AsyncIterable<Uint8Array>, options: PutOptions): Promise<BlobInfo>;
  /** A stream over a blob or an inclusive range of it. Throws NOT_FOUND. */
  open(sha256: string, options?: OpenOptions): Promise<Readable>;
  /**
   * Hands the bytes of a blob, or of an inclusive range of it, to `take` one part after the other. The next part is read once `take` has answered, maybe into the same
   * memory; false ends it. For many readers at once: it makes no garbage and holds one part. Throws NOT_FOUND, and what `take` threw.
   */
  readParts(sha256: string, options: OpenOptions, take: TakePart): Promise<void>;
  /** A path at which the whole blob can be read by another process. Read-only by agreement. Throws NOT_FOUND. */
  localPath(sha256: string): Promise<string>;
  /** Removes a blob; no error when it is not there. */
  delete(sha256: string): Promise<void>;
}

import { buffer } from "node:stream/consumers";
import type { BlobStore, TakePart } from "@flotilla/blob";

/** A stage's devices fetch the same few files at the same time; larger ones are read from the store in parts. */
const LIMITS = { blobBytes: 8 * 2 ** 20, allBytes: 32 * 2 ** 20 };
/** At rest nothing is kept. */
const KEEP_MS = 30_000;
/** What is handed to TLS at once. In larger parts a byte costs hardly less, and of each slow device's download as much waits, encrypted. */
const PART_BYTES = 128 * 1024;

export interface OpenBlob {
  readonly sizeBytes: number;
  /** Hands the bytes from `start` to `end`, both included, to `take` part after part, as `BlobStore.readParts` does. */
  read(start: number, end: number, take: TakePart): Promise<void>;
}

interface Kept {
  bytes: Promise<Buffer>;
  sizeBytes: number;
  usedAt: number;
}

/**
 * Blobs that are asked for now, in memory while they are: bytes under a digest never change, so there is nothing to invalidate. Who may have them is decided before,
 * for each call.
 */
export class HotBlobs {
  readonly #store: BlobStore;
  readonly #kept = new Map<string, Kept>();
  readonly #limits: typeof LIMITS;
  #timer: NodeJS.Timeout | null = null;

  constructor(store: BlobStore, limits = LIMITS) {
    this.#store = store;
    this.#limits = limits;
  }

  /** null where the store does not have it. */
  async find(sha256: string): Promise<OpenBlob | null> {
    const kept = this.#kept.get(sha256);
    if (kept !== undefined) return this.#use(sha256, kept);
    const stat = await this.#store.stat(sha256);
    if (stat === null) return null;
    const { sizeBytes } = stat;
    if (sizeBytes > this.#limits.blobBytes) {
      return { sizeBytes, read: async (start, end, take) => await this.#store.readParts(sha256, { start, end }, take) };
    }
    return this.#use(sha256, this.#kept.get(sha256) ?? this.#read(sha256, sizeBytes));
  }

  #read(sha256: string, sizeBytes: number): Kept {
    const bytes = this.#store.open(sha256).then(async (stream) => await buffer(stream));
    bytes.catch(() => this.#kept.delete(sha256));
    const kept = { bytes, sizeBytes, usedAt: Date.now() };
    this.#kept.set(sha256, kept);
    this.#timer ??= setInterval(() => this.#forget(), KEEP_MS).unref();
    return kept;
  }

  /** The one that was used last comes last: the first is forgotten first. */
  #use(sha256: string, kept: Kept): OpenBlob {
    kept.usedAt = Date.now();
    this.#kept.delete(sha256);
    this.#kept.set(sha256, kept);
    let total = 0;
    for (const each of this.#kept.values()) total += each.sizeBytes;
    for (const [oldest, { sizeBytes }] of this.#kept) {
      if (total <= this.#limits.allBytes) break;
      this.#kept.delete(oldest);
      total -= sizeBytes;
    }
    return {
      sizeBytes: kept.sizeBytes,
      read: async (start, end, take) => await readParts(await kept.bytes, start, end, take),
    };
  }

  #forget(): void {
    const since = Date.now() - KEEP_MS;
    for (const [sha256, { usedAt }] of this.#kept) if (usedAt < since) this.#kept.delete(sha256);
    if (this.#kept.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

async function readParts(bytes: Buffer, start: number, end: number, take: TakePart): Promise<void> {
  for (let at = start; at <= end; at += PART_BYTES) {
    if (!(await take(bytes.subarray(at, Math.min(end + 1, at + PART_BYTES))))) return;
  }
}

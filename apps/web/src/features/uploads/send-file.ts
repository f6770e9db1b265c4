import { type DetailedError, Upload } from "tus-js-client";
import type { ServerReason } from "./transfer.ts";
import { assertReadable } from "./unreadable-file.ts";

/** The server will not have it. */
class RefusedUpload extends Error {
  override readonly name = "RefusedUpload";
  readonly code: string;

  constructor({ code, message }: ServerReason) {
    super(message);
    this.code = code;
  }
}

export interface SendOptions {
  uploadId: string;
  /** A part of it is at the server. */
  continues: boolean;
  signal: AbortSignal;
  /** Bytes that have left; the server has most of them. */
  onProgress: (bytes: number) => void;
  /** It does not get on and is tried again by itself: with what the server said, or null where the connection is lost. */
  onPause: (why: ServerReason | null) => void;
}

const ENDPOINT = "/api/upload";
const CHUNK_BYTES = 8 * 1024 * 1024;
const PAUSES_MS = [0, 1000, 2000, 5000, 10_000, 20_000, 30_000] as const;

/**
 * Sends a file by the tus protocol; continues where an earlier try stopped. Goes on by itself after lost connections, for as long as the
 * tab is open. Resolves when the server has the last byte, rejects with a RefusedUpload, an UnreadableFile or an AbortError.
 */
export async function sendFile(file: File, options: SendOptions): Promise<void> {
  const { uploadId, signal } = options;
  signal.throwIfAborted();
  // Two tabs must not take the upload out of each other's hands: the second one waits, and finds it complete. Without locks (a page that
  // came over plain HTTP from another machine) they take turns, which is only slower.
  if (!("locks" in navigator)) return keepSending(file, options);
  await navigator.locks.request(`flotilla-upload-${uploadId}`, { signal }, () => keepSending(file, options));
}

async function keepSending(file: File, { uploadId, continues, signal, onProgress, onPause }: SendOptions): Promise<void> {
  let furthest = 0;
  let failures = 0;
  const upload = new Upload(file, {
    chunkSize: CHUNK_BYTES,
    // Trying again is done here: the library gives up when the browser is offline.
    retryDelays: null,
    storeFingerprintForResuming: false,
    metadata: { uploadId },
    onProgress(bytes) {
      if (bytes > furthest) failures = 0;
      furthest = Math.max(furthest, bytes);
      onProgress(bytes);
    },
  });
  for (let begun = continues; ; ) {
    // Without an endpoint: given one, the library begins anew after any HEAD that fails, a passing fault of the server's too.
    upload.options.endpoint = begun ? null : ENDPOINT;
    upload.url = begun ? `${ENDPOINT}/${uploadId}` : null;
    const error = await run(upload, signal);
    if (error === null) return;
    const status = statusOf(error);
    if (begun && (status === 404 || status === 410)) {
      // The first request never came through; or the upload is over, which the answer to another first one says.
      begun = false;
      continue;
    }
    if (status === 0) await assertReadable(file);
    const reason = reasonOf(error);
    if (!isPassing(status)) throw new RefusedUpload(reason ?? { code: "", message: error.message });
    begun = true;
    onPause(reason);
    await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0, signal);
    failures += 1;
  }
}

/** One try: null when the last byte has arrived. */
function run(upload: Upload, signal: AbortSignal): Promise<Error | DetailedError | null> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      void upload.abort();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    const end = (error: Error | DetailedError | null) => {
      signal.removeEventListener("abort", stop);
      resolve(error);
    };
    upload.options.onSuccess = () => end(null);
    upload.options.onError = end;
    upload.start();
  });
}

/** HTTP status of the answer that stopped it; 0 where none came. */
function statusOf(error: Error | DetailedError): number {
  return "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
}

/** No answer, another request in its place, too many requests, or a fault of the server's. */
function isPassing(status: number): boolean {
  return status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
}

/** Waits, but no longer than until the connection is back. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const settle = new AbortController();
    const end = (then: () => void) => () => {
      settle.abort();
      clearTimeout(timer);
      then();
    };
    const timer = setTimeout(end(resolve), milliseconds);
    window.addEventListener("online", end(resolve), { signal: settle.signal });
    signal.addEventListener(
      "abort",
      end(() => reject(signal.reason)),
      { signal: settle.signal },
    );
  });
}

/** Our server answers `{code, message}`; null for anything else. */
function reasonOf(error: Error | DetailedError): ServerReason | null {
  if (!("originalResponse" in error)) return null;
  try {
    const body: unknown = JSON.parse(error.originalResponse?.getBody() ?? "");
    if (typeof body !== "object" || body === null || !("code" in body) || !("message" in body)) return null;
    return { code: String(body.code), message: String(body.message) };
  } catch {
    return null;
  }
}

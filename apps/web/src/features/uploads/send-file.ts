import { defaultOptions, Upload } from "tus-js-client";

export interface SendOptions {
  uploadId: string;
  signal: AbortSignal;
  /** Bytes that the server has. */
  onProgress: (bytes: number) => void;
}

const ENDPOINT = "/api/upload";
const CHUNK_BYTES = 8 * 1024 * 1024;

/** What recognises the same file after the tab was closed: nothing of the content, so that it is known at once. */
export function fingerprintOf(file: File): string {
  return `flotilla-${file.name}-${file.size}-${file.lastModified}`;
}

/** The upload that this browser began for the same file and did not finish; null where there is none. */
export async function findUnfinished(file: File): Promise<string | null> {
  const previous = await new Upload(file, { endpoint: ENDPOINT, fingerprint: async () => fingerprintOf(file) }).findPreviousUploads();
  return previous.at(-1)?.metadata["uploadId"] ?? null;
}

/**
 * Sends a file by the tus protocol; continues where an earlier try stopped. Lost connections are retried for about two minutes.
 * Resolves when the server has the last byte, rejects with the server's sentence or an AbortError.
 */
export async function sendFile(file: File, { uploadId, signal, onProgress }: SendOptions): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: ENDPOINT,
      chunkSize: CHUNK_BYTES,
      retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 60_000],
      metadata: { uploadId, filename: file.name },
      fingerprint: async () => fingerprintOf(file),
      removeFingerprintOnSuccess: true,
      onProgress: (sent) => onProgress(sent),
      onSuccess: () => resolve(),
      onError: (error) => reject(refusalOf(error)),
    });
    signal.addEventListener("abort", () => {
      void upload.abort();
      reject(new DOMException("The upload was cancelled.", "AbortError"));
    });
    void resume(upload, uploadId).then(() => upload.start(), reject);
  });
}

async function resume(upload: Upload, uploadId: string): Promise<void> {
  const previous = (await upload.findPreviousUploads()).find((item) => item.metadata["uploadId"] === uploadId);
  if (previous !== undefined) upload.resumeFromPreviousUpload(previous);
}

/** Forgets the local note of an upload, so that the same file begins anew. */
export async function forgetUpload(uploadId: string): Promise<void> {
  const storage = defaultOptions.urlStorage;
  const found = await storage.findAllUploads();
  await Promise.all(found.filter((item) => item.metadata["uploadId"] === uploadId).map((item) => storage.removeUpload(item.urlStorageKey)));
}

/** The server answers refused uploads with `{code, message}`, which is said by its code; anything else is a broken connection. */
function refusalOf(error: Error & { originalResponse?: { getBody(): string } | null }): Error {
  try {
    const body: unknown = JSON.parse(error.originalResponse?.getBody() ?? "");
    if (typeof body === "object" && body !== null && "message" in body && typeof body.message === "string") {
      return Object.assign(new Error(body.message), { data: { code: "code" in body ? body.code : "" } });
    }
  } catch {
    // not JSON: fall through to the library's own words
  }
  return new Error(error.originalResponse?.getBody() || error.message);
}

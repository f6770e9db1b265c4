/// <reference lib="webworker" />
import { createSHA256 } from "hash-wasm";

/** What the page sends: the file, once. */
export interface HashRequest {
  file: File;
}
/** What comes back: progress any number of times, then the digest or an error. `unreadable`: the file was moved or changed, or is a folder. */
export type HashReply =
  | { kind: "progress"; bytes: number }
  | { kind: "done"; sha256: string }
  | { kind: "unreadable"; message: string }
  | { kind: "failed"; message: string };

const CHUNK_BYTES = 4 * 1024 * 1024;

/** SHA-256 of a file, four megabytes at a time: memory stays flat whatever the size. */
async function hash(file: File): Promise<string> {
  const hasher = await createSHA256();
  for (let start = 0; start < file.size; start += CHUNK_BYTES) {
    const bytes = new Uint8Array(await file.slice(start, start + CHUNK_BYTES).arrayBuffer());
    hasher.update(bytes);
    reply({ kind: "progress", bytes: Math.min(file.size, start + CHUNK_BYTES) });
  }
  return hasher.digest("hex");
}

function reply(message: HashReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
  globalThis.postMessage(message);
}

globalThis.addEventListener("message", (event: MessageEvent<HashRequest>) => {
  hash(event.data.file).then(
    (sha256) => reply({ kind: "done", sha256 }),
    (error: unknown) =>
      reply({
        kind: error instanceof DOMException ? "unreadable" : "failed",
        message: error instanceof Error ? error.message : String(error),
      }),
  );
});

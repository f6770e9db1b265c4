import type { HashReply, HashRequest } from "./hash-worker.ts";
import { UnreadableFile } from "./unreadable-file.ts";

export interface HashOptions {
  signal: AbortSignal;
  /** Bytes hashed so far. */
  onProgress: (bytes: number) => void;
}

/** SHA-256 of a file as 64 hex digits, computed in a worker so that the page stays smooth. Rejects when aborted, and with an UnreadableFile. */
export async function hashFile(file: File, { signal, onProgress }: HashOptions): Promise<string> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./hash-worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<string>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("The upload was cancelled.", "AbortError")), { once: true });
      worker.addEventListener("error", (event) => reject(new Error(event.message || "The file could not be hashed.")));
      worker.addEventListener("message", (event: MessageEvent<HashReply>) => {
        const message = event.data;
        if (message.kind === "progress") onProgress(message.bytes);
        else if (message.kind === "done") resolve(message.sha256);
        else reject(message.kind === "unreadable" ? new UnreadableFile(message.message) : new Error(message.message));
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
      worker.postMessage({ file } satisfies HashRequest);
    });
  } finally {
    worker.terminate();
  }
}

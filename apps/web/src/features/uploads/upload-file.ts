import { checkUploadSize } from "@flotilla/domain";
import { ApiError } from "../../trpc/call-api.ts";
import { hashFile } from "./hash-file.ts";
import { sendFile } from "./send-file.ts";
import type { ServerReason, StartOptions, TransferEvent, TransferFailure } from "./transfer.ts";
import { UnreadableFile } from "./unreadable-file.ts";

export interface UploadCalls {
  begin: (
    file: StartOptions & { fileName: string; sizeBytes: number; sha256: string },
  ) => Promise<{ uploadId: string; alreadyThere: boolean; continuedAtBytes: number | null }>;
  cancel: (input: { id: string }) => Promise<unknown>;
}

/** Takes a file all the way to the server: checks its size, hashes it, announces it, sends what is missing. Never rejects: says how it ended. */
export async function uploadFile(
  file: File,
  options: StartOptions & { calls: UploadCalls; signal: AbortSignal; onEvent: (event: TransferEvent) => void },
): Promise<void> {
  try {
    await bring(file, options);
  } catch (error) {
    options.onEvent(options.signal.aborted ? { kind: "cancelled" } : { kind: "failed", failure: toFailure(error) });
  }
}

async function bring(file: File, { calls, signal, onEvent, ...purpose }: Parameters<typeof uploadFile>[1]): Promise<void> {
  const onProgress = (bytes: number) => onEvent({ kind: "progress", bytes, nowMs: performance.now() });
  const announced = { ...purpose, fileName: file.name, sizeBytes: file.size };
  checkUploadSize(announced);
  const sha256 = await hashFile(file, { signal, onProgress });
  const { uploadId, alreadyThere, continuedAtBytes } = await calls.begin({ ...announced, sha256 });
  // Cancelled before it had a name by which the server could be told.
  if (signal.aborted && !alreadyThere) await calls.cancel({ id: uploadId });
  signal.throwIfAborted();
  onEvent({ kind: "begun", uploadId, alreadyThere, continuedAtBytes });
  if (alreadyThere) return;
  const onPause = (why: ServerReason | null) => onEvent({ kind: "paused", why });
  await sendFile(file, { uploadId, continues: continuedAtBytes !== null, signal, onProgress, onPause });
  onEvent({ kind: "sent" });
}

function toFailure(error: unknown): TransferFailure {
  if (error instanceof UnreadableFile) return { kind: "unreadable" };
  const code = codeOf(error);
  // A failed call that carries no answer of the server's.
  if (code === "" && error instanceof ApiError) return { kind: "unreachable" };
  return { kind: "said", code, message: error instanceof Error ? error.message : String(error) };
}

/** Of our own errors and of failed calls; "" for anything else. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return "data" in error ? codeOf(error.data) : "";
}

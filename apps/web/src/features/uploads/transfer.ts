import { estimateSpeed, type SpeedEstimate } from "./estimate-speed.ts";

export type TransferPhase = "hashing" | "sending" | "waiting" | "failed" | "cancelled";

/** A file on its way from this tab. Once the server has it, the server's UploadView says the rest. */
export interface Transfer {
  key: string;
  kind: "model" | "data-set";
  fileName: string;
  sizeBytes: number;
  phase: TransferPhase;
  /** Bytes hashed while hashing, bytes at the server while sending. */
  doneBytes: number;
  speed: SpeedEstimate | null;
  /** null until the server has given it a name. */
  uploadId: string | null;
  /** The store had these bytes already: nothing was sent. */
  alreadyThere: boolean;
  /** It continues an upload that was begun before. */
  resumed: boolean;
  error: string | null;
}

export type TransferEvent =
  | { kind: "progress"; bytes: number; nowMs: number }
  | { kind: "resumed"; uploadId: string }
  | { kind: "begun"; uploadId: string; alreadyThere: boolean }
  | { kind: "sent" }
  | { kind: "failed"; message: string }
  | { kind: "cancelled" };

/** A transfer at its start: its file is being hashed. */
export function newTransfer(key: string, kind: Transfer["kind"], file: { name: string; size: number }): Transfer {
  return {
    key,
    kind,
    fileName: file.name,
    sizeBytes: file.size,
    phase: "hashing",
    doneBytes: 0,
    speed: null,
    uploadId: null,
    alreadyThere: false,
    resumed: false,
    error: null,
  };
}

/** What an event makes of a transfer. Once it failed or was cancelled it stays so: late progress of a stopped request changes nothing. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
export function nextTransfer(transfer: Transfer, event: TransferEvent): Transfer {
  if (transfer.phase === "failed" || transfer.phase === "cancelled") return transfer;
  switch (event.kind) {
    case "progress":
      return { ...transfer, doneBytes: event.bytes, speed: estimateSpeed(transfer.speed, event.bytes, event.nowMs) };
    case "resumed":
      return { ...transfer, phase: "sending", doneBytes: 0, speed: null, uploadId: event.uploadId, resumed: true };
    case "begun":
      return {
        ...transfer,
        phase: event.alreadyThere ? "waiting" : "sending",
        doneBytes: event.alreadyThere ? transfer.sizeBytes : 0,
        speed: null,
        uploadId: event.uploadId,
        alreadyThere: event.alreadyThere,
      };
    case "sent":
      return { ...transfer, phase: "waiting", doneBytes: transfer.sizeBytes };
    case "failed":
      return { ...transfer, phase: "failed", error: event.message };
    case "cancelled":
      return { ...transfer, phase: "cancelled" };
  }
}

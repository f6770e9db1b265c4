import type { ConversionOptions, UploadKind } from "@flotilla/contracts";
import { estimateSpeed, type SpeedEstimate } from "./estimate-speed.ts";

/** What a file is to become. */
export interface StartOptions {
  kind: UploadKind;
  /** A new version of this model instead of a new model. */
  targetModelId?: string | undefined;
  /** Of a reference: the version whose conversion it is compared with. */
  targetVersionId?: string | undefined;
  /** Of a model that is converted. */
  options?: ConversionOptions | undefined;
}

export type TransferPhase = "hashing" | "sending" | "waiting" | "failed" | "cancelled";

/** A file on its way from this tab. Once the server has it, the server's UploadView says the rest. */
export interface Transfer {
  key: string;
  kind: UploadKind;
  targetVersionId: string | null;
  fileName: string;
  sizeBytes: number;
  phase: TransferPhase;
  /** Bytes hashed while hashing, bytes that have left while sending. */
  doneBytes: number;
  speed: SpeedEstimate | null;
  /** null until the server has given it a name. */
  uploadId: string | null;
  /** The store had these bytes already: nothing was sent. */
  alreadyThere: boolean;
  /** It continues an upload that was begun before. */
  resumed: boolean;
  /** While it does not get on and is tried again by itself: what the server said, or nothing where the connection is lost. */
  paused: { why: ServerReason | null } | null;
  failure: TransferFailure | null;
}

export interface ServerReason {
  code: string;
  message: string;
}

/** The browser cannot read the file, the server did not answer its announcement, or somebody said why it will not do. */
export type TransferFailure = { kind: "unreadable" } | { kind: "unreachable" } | ({ kind: "said" } & ServerReason);

export type TransferEvent =
  | { kind: "progress"; bytes: number; nowMs: number }
  | { kind: "begun"; uploadId: string; alreadyThere: boolean; continuedAtBytes: number | null }
  | { kind: "paused"; why: ServerReason | null }
  | { kind: "sent" }
  | { kind: "failed"; failure: TransferFailure }
  | { kind: "cancelled" };

/** A transfer at its start: its file is being hashed. */
export function newTransfer(key: string, { kind, targetVersionId }: StartOptions, file: { name: string; size: number }): Transfer {
  return {
    key,
    kind,
    targetVersionId: targetVersionId ?? null,
    fileName: file.name,
    sizeBytes: file.size,
    phase: "hashing",
    doneBytes: 0,
    speed: null,
    uploadId: null,
    alreadyThere: false,
    resumed: false,
    paused: null,
    failure: null,
  };
}

/** What an event makes of a transfer. Once it failed or was cancelled it stays so: late progress of a stopped request changes nothing. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
export function nextTransfer(transfer: Transfer, event: TransferEvent): Transfer {
  if (transfer.phase === "failed" || transfer.phase === "cancelled") return transfer;
  switch (event.kind) {
    case "progress":
      return { ...transfer, doneBytes: event.bytes, paused: null, speed: estimateSpeed(transfer.speed, event.bytes, event.nowMs) };
    case "begun":
      return {
        ...transfer,
        phase: event.alreadyThere ? "waiting" : "sending",
        doneBytes: event.alreadyThere ? transfer.sizeBytes : (event.continuedAtBytes ?? 0),
        speed: null,
        uploadId: event.uploadId,
        alreadyThere: event.alreadyThere,
        resumed: event.continuedAtBytes !== null,
      };
    case "paused":
      // The pause is no part of the speed.
      return { ...transfer, speed: null, paused: { why: event.why } };
    case "sent":
      return { ...transfer, phase: "waiting", doneBytes: transfer.sizeBytes, paused: null };
    case "failed":
      return { ...transfer, phase: "failed", paused: null, failure: event.failure };
    case "cancelled":
      return { ...transfer, phase: "cancelled", paused: null };
  }
}

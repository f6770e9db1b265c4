import { MAX_UPLOAD_BYTES } from "@flotilla/domain";

export interface UploadLimits {
  /** Of any kind: what the transfer itself lets through. */
  maxBytes: number;
  /** Unfinished uploads of one organisation at a time, and the bytes that they may claim together. */
  maxUnfinished: number;
  maxUnfinishedBytes: number;
  /** Given up after standing still this long, or after this long in all: an upload that never ends must end. */
  idleMs: number;
  totalMs: number;
  /** Bytes came this recently: some tab is sending it. Progress is noted once a second. */
  movingMs: number;
}

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;

export const UPLOAD_LIMITS: UploadLimits = {
  maxBytes: Math.max(...Object.values(MAX_UPLOAD_BYTES)),
  maxUnfinished: 20,
  maxUnfinishedBytes: 16 * GIB,
  idleMs: 24 * HOUR_MS,
  totalMs: 7 * 24 * HOUR_MS,
  movingMs: 5_000,
};

export interface UploadLimits {
  maxModelBytes: number;
  maxDataSetBytes: number;
  /** Unfinished uploads of one organisation at a time, and the bytes that they may claim together. */
  maxUnfinished: number;
  maxUnfinishedBytes: number;
  /** Given up after standing still this long, or after this long in all: an upload that never ends must end. */
  idleMs: number;
  totalMs: number;
}

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;

export const UPLOAD_LIMITS: UploadLimits = {
  // Protobuf, and so ONNX without external data, ends at 2 GiB.
  maxModelBytes: 2 * GIB,
  maxDataSetBytes: 4 * GIB,
  maxUnfinished: 20,
  maxUnfinishedBytes: 16 * GIB,
  idleMs: 24 * HOUR_MS,
  totalMs: 7 * 24 * HOUR_MS,
};

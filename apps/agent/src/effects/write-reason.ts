import type { Reason } from "@flotilla/contracts";
import { isNodeError } from "./atomic-file.ts";

/** What a disk that takes nothing more means for the device: NOT_ENOUGH_DISK or DATA_NOT_WRITABLE. */
export function writeReason(error: unknown): Reason {
  if (isDiskFull(error)) {
    return {
      code: "NOT_ENOUGH_DISK",
      message:
        "The disk is full: the agent cannot write down what happens, so nothing is updated. What runs keeps running. Free some space.",
    };
  }
  const cause = error instanceof Error ? error.message : String(error);
  return {
    code: "DATA_NOT_WRITABLE",
    message: `The data directory cannot be written (${cause.slice(0, 200)}), so nothing is updated. What runs keeps running. Mount it writable, or replace the disk.`,
  };
}

export function isDiskFull(error: unknown): boolean {
  return isNodeError(error) && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

/** true for a fault that a write which succeeds takes back. */
export function isWriteFault(reason: Reason | null): boolean {
  return reason?.code === "NOT_ENOUGH_DISK" || reason?.code === "DATA_NOT_WRITABLE";
}

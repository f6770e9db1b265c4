import type { JobState } from "@flotilla/contracts";
import type { StateKind } from "@flotilla/ui";

export const jobKind: Record<JobState, StateKind> = { QUEUED: "off", RUNNING: "busy", SUCCEEDED: "ok", FAILED: "bad", CANCELLED: "off" };

/** A job that still does something or waits to. */
export function isOpen(state: JobState): boolean {
  return state === "QUEUED" || state === "RUNNING";
}

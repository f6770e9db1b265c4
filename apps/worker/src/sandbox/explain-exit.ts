import { FlotillaError } from "@flotilla/contracts/errors";
import type { ChildLimits } from "./limits.ts";

export type KillReason = "memory" | "clock" | "cancelled";

export interface Exit {
  /** Why we killed it, null when it ended by itself. */
  killed: KillReason | null;
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
  limits: ChildLimits;
  /** What was read or run: "model" or "data set". */
  subject: string;
}

/** Messages of V8, libstdc++, onnxruntime and the loader when memory cannot be had. */
const NO_MEMORY = /heap out of memory|bad_alloc|cannot allocate|failed to allocate|allocation failed|out of memory|ENOMEM/i;

export function meansOutOfMemory(text: string): boolean {
  return NO_MEMORY.test(text);
}

/** The error for a child that ended without an answer. */
export function explainExit({ killed, code, signal, stderr, limits, subject }: Exit): FlotillaError {
  const megabytes = Math.round(limits.memoryBytes / 1e6);
  const seconds = Math.round(limits.wallClockMs / 1000);
  if (killed === "memory" || (killed === null && (signal === "SIGKILL" || meansOutOfMemory(stderr)))) {
    return new FlotillaError(
      "OUT_OF_MEMORY",
      `The ${subject} needs more than the ${megabytes} MB that a job may use. Make it smaller, or give the worker a higher limit (CHILD_MEMORY_MB).`,
    );
  }
  if (killed === "clock" || signal === "SIGXCPU") {
    return new FlotillaError(
      "TIMED_OUT",
      `The ${subject} was not done within ${seconds} seconds and was stopped. Look for a loop that never ends, or use a smaller one.`,
    );
  }
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const last = stderr.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
  return new FlotillaError(
    "CHILD_CRASHED",
    `The process that worked on the ${subject} ended ${how}${last === "" ? "" : `: ${last}`}. The file may be damaged; export it again.`,
  );
}

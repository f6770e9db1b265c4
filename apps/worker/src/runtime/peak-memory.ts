import { readFileSync, writeFileSync } from "node:fs";

/** Peak resident memory of this process since its start or the last reset, from /proc; null where there is none. */
export function peakMemoryBytes(): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** Sets the peak back to what is resident now (proc(5), clear_refs 5), so that decoding the data does not count as the model's. */
export function resetPeakMemory(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Not Linux, or not allowed: the peak then counts from the start.
  }
}

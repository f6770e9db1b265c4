import { readFileSync } from "node:fs";

const POLL_MS = 50;
/** /proc counts in pages; every platform that Flotilla's worker runs on has 4 kB ones, arm64 servers may have more. */
const PAGE_BYTES = 4_096;

/**
 * Calls `onExceeded` once when a process has more than `limitBytes` resident. Only where /proc exists; elsewhere the heap limit
 * and the clock remain. Returns a function that stops watching.
 */
export function watchMemory(pid: number | undefined, limitBytes: number, onExceeded: () => void): () => void {
  if (pid === undefined || process.platform !== "linux") return () => undefined;
  const timer = setInterval(() => {
    if (residentBytes(pid) <= limitBytes) return;
    clearInterval(timer);
    onExceeded();
  }, POLL_MS);
  return () => clearInterval(timer);
}

function residentBytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/statm`, "utf8");
    return Number(status.split(" ")[1]) * PAGE_BYTES;
  } catch {
    // It has ended.
    return 0;
  }
}

import { readFile } from "node:fs/promises";

/** What a process took. */
export interface Cost {
  /** Seconds of the work, without starting and loading. */
  readonly insideS: number;
  /** User and system seconds of the whole process. */
  readonly cpuS: number;
  /** Highest resident set; null where the system does not tell. */
  readonly peakBytes: number | null;
}

/** This process's cost so far; `startedAt` by performance.now(). */
export async function ownCost(startedAt: number): Promise<Cost> {
  const insideS = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage();
  return { insideS, cpuS: (user + system) / 1e6, peakBytes: await peakBytes() };
}

/** The high-water mark of this program's own memory. ru_maxrss would count what the parent had when it forked. */
async function peakBytes(): Promise<number | null> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(status) ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

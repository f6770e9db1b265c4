import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { DataDirectory } from "../data-directory.ts";

const LAST_REPORTS_MS = 5000;
const PAUSE_MS = 250;

/** What agents themselves wrote: nothing is left in a spool, and no release was activated again after it had been confirmed. */
export async function judgeAgents(directory: DataDirectory, agents: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const name of agents) {
    const left = await untilEmpty(path.join(directory.devices, name, "spool"));
    if (left > 0) problems.push(`${name} still has reports that nobody took: ${left} files in its spool`);
    const log = await readFile(path.join(directory.logs, `device-${name}.log`), "utf8");
    problems.push(...activatedTwice(log).map((seq) => `${name} activated assignment ${seq} again after it had confirmed it`));
  }
  return problems;
}

/** How many files are still there when the time is over in which the last ones are sent. */
async function untilEmpty(spool: string): Promise<number> {
  for (let left = LAST_REPORTS_MS; ; left -= PAUSE_MS) {
    const files = await readdir(spool);
    if (files.length === 0 || left <= 0) return files.length;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Assignments that an agent's log shows at work after it showed them confirmed. */
export function activatedTwice(log: string): number[] {
  const confirmed = new Set<number>();
  const again = new Set<number>();
  for (const { to, seq } of readPhases(log)) {
    if (to === "ACTIVE") confirmed.add(seq);
    if (to === "ACTIVATING" && confirmed.has(seq)) again.add(seq);
  }
  return [...again];
}

function readPhases(log: string): { to: string; seq: number }[] {
  return log.split("\n").flatMap((line) => {
    // A line that was cut by a kill is none.
    if (!line.startsWith("{") || !line.endsWith("}")) return [];
    const { msg, to, seq } = JSON.parse(line) as { msg?: string; to?: string; seq?: number };
    return msg === "phase" && to !== undefined && seq !== undefined ? [{ to, seq }] : [];
  });
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AgentProcess } from "../agent-process.ts";
import { type Interruption, type Lane, runThrough } from "./run-point.ts";
import { QUIET, type Scenario } from "./scenario.ts";

const PRELOAD = new URL("../inject/kill-at.ts", import.meta.url);

/** Where the agent is ended: at the `nth` change with this label, before it, in the middle of it, or after it. */
type Point = { label: string; nth: number; when: "before" | "torn" | "after" };

/** After these the disk differs from what it is before the next change; after any other change the two are the same point. */
const WITH_AFTER = /^(rename|rm|link|copyFile) /;

/**
 * The points of a run, out of what `kill-at.ts` has logged: one change a line.
 *
 * @param mostAlike of more changes with one label (pieces of a download, reports) so many are tried, evenly spread
 */
async function readPoints(log: string, mostAlike: number): Promise<Point[]> {
  const lines = (await readFile(log, "utf8")).split("\n").filter((line) => line !== "");
  const total = new Map<string, number>();
  for (const line of lines) total.set(line, (total.get(line) ?? 0) + 1);
  const points: Point[] = [];
  const seen = new Map<string, number>();
  for (const line of lines) {
    const nth = (seen.get(line) ?? 0) + 1;
    seen.set(line, nth);
    if (!isTried(nth, total.get(line) ?? 1, mostAlike)) continue;
    const [label = "", torn] = line.split("\t");
    points.push({ label, nth, when: "before" });
    if (torn !== undefined) points.push({ label, nth, when: "torn" });
    if (WITH_AFTER.test(label)) points.push({ label, nth, when: "after" });
  }
  return points;
}

function isTried(nth: number, count: number, mostAlike: number): boolean {
  if (count <= mostAlike) return true;
  const picked = Array.from({ length: mostAlike }, (_, index) => 1 + Math.round((index * (count - 1)) / (mostAlike - 1)));
  return picked.includes(nth);
}

/** Every change of the disk during the scenario, as a way to end the agent there. */
export async function findPoints(lane: Lane, scenario: Scenario): Promise<Interruption[]> {
  const log = join(lane.root, "changes.log");
  await runThrough(lane, scenario, { start: async (_, data) => await startWith(lane, data, { log }) });
  const points = await readPoints(log, scenario.mostAlike);
  return points.map(({ label, nth, when }) => ({
    name: `${when} ${label} #${nth}`,
    start: async (used, data) => await startWith(used, data, { at: label, nth: String(nth), when }),
  }));
}

async function startWith(lane: Lane, data: string, query: Record<string, string>): Promise<AgentProcess> {
  const preload = new URL(PRELOAD);
  for (const [key, value] of Object.entries({ root: data, ...query })) preload.searchParams.set(key, value);
  return await AgentProcess.start(lane.server, data, { node: ["--import", preload.href], extra: QUIET });
}

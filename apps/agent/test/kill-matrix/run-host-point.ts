import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseJournal } from "../../src/effects/parse-journal.ts";
import { AgentProcess, eventually } from "../agent-process.ts";
import { begin, type Lane, PATIENCE_MS, runThrough } from "./run-point.ts";
import { QUIET, type Scenario } from "./scenario.ts";

const PRELOAD = new URL("../inject/spoil-host.ts", import.meta.url);

/** A host's life has a start, a "ready", and an answer for each thing that it is asked. */
export type HostPoint = { slot: string; at: string; nth: number };

async function startWith(lane: Lane, data: string, query: Record<string, string>): Promise<AgentProcess> {
  const preload = new URL(PRELOAD);
  for (const [key, value] of Object.entries(query)) preload.searchParams.set(key, value);
  return await AgentProcess.start(lane.server, data, { env: { NODE_OPTIONS: `--import=${preload.href}` }, extra: QUIET });
}

/** Every point of the hosts' lives during the scenario: of more than `most` answers of one host, so many are taken. */
export async function findHostPoints(lane: Lane, scenario: Scenario, most: number): Promise<HostPoint[]> {
  const log = join(lane.root, "points.log");
  await runThrough(lane, scenario, { start: async (_, data) => await startWith(lane, data, { log }) });
  const counts = new Map<string, number>();
  for (const line of (await readFile(log, "utf8")).trimEnd().split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].flatMap(([line, count]) => {
    const [slot = "", at = ""] = line.split(" ");
    const taken = Math.min(count, most);
    return Array.from({ length: taken }, (_, index) => ({ slot, at, nth: 1 + Math.round((index * (count - 1)) / Math.max(1, taken - 1)) }));
  });
}

/**
 * Ends one host there, as the kernel does when memory is short. A candidate's end is a rollback; the confirmed one is started again and
 * the update goes on. The device answers all the while. Throws what does not hold; gives the phase in which it ended.
 */
export async function runHostPoint(lane: Lane, scenario: Scenario, { slot, at, nth }: HostPoint): Promise<string> {
  const data = await begin(lane, scenario);
  const { server } = lane;
  const { assignment, before, target } = scenario;
  const agent = await startWith(lane, data, { slot, at, nth: String(nth), what: "kill", mark: join(lane.root, "killed") });
  const done = await eventually(
    () => server.states().find(({ seq, phase }) => seq === assignment.seq && ["ACTIVE", "ROLLED_BACK"].includes(phase)),
    PATIENCE_MS,
  );
  const expected = done.phase === "ACTIVE" ? target : before;
  if (done.phase === "ROLLED_BACK" && done.reason?.code !== "HOST_CRASHED") throw new Error(`rolled back for ${done.reason?.code}`);
  const answer = await eventually(async () => await agent.infer(lane.image), PATIENCE_MS);
  if (answer.status !== 200 || answer.variantSha256 !== expected?.variantSha256)
    throw new Error(`${done.phase}, and ${answer.status} ${answer.variantSha256} answers`);
  const journal = parseJournal(await readFile(join(data, "journal.json"), "utf8"));
  if (journal?.outcome?.phase !== done.phase) throw new Error(`${done.phase} was reported; the journal says ${journal?.outcome?.phase}`);
  await agent.kill();
  await rm(lane.root, { recursive: true, force: true });
  return done.phase;
}

import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "../../src/core/journal.ts";
import { agentPaths } from "../../src/effects/agent-paths.ts";
import { parseJournal } from "../../src/effects/parse-journal.ts";
import { WAIT_MS } from "../../src/runtime/router.ts";
import { AgentProcess, eventually, reached } from "../agent-process.ts";
import { DeviceServer } from "../device-server.ts";
import { testImages } from "../make-release.ts";
import { QUIET, type Scenario } from "./scenario.ts";

/** After the last report the agent still tidies up: so long in ms. */
const TIDY_MS = 700;
/** The machine that tests run on may be very busy; nothing is judged by its speed. */
export const PATIENCE_MS = 120_000;

export type Outcome = {
  point: string;
  /** false where this run came to its end without reaching the point: its reports were grouped otherwise. */
  died: boolean;
  /** Which release ran after the restart, before there was a network. */
  ran: "none" | "before" | "target";
};

/** One device server with room for one device at a time. */
export type Lane = { server: DeviceServer; root: string; image: Uint8Array };

export async function openLane(root: string, name: string): Promise<Lane> {
  const { images } = await testImages();
  const [image] = images;
  if (image === undefined) throw new Error("there are test images");
  return { server: await DeviceServer.start(join(root, "server")), root: join(root, name), image };
}

/** One way to end the agent: it starts it so that it will be ended. */
export type Interruption = { name: string; start: (lane: Lane, data: string) => Promise<AgentProcess> };

/** Ends the agent there, starts it again without a network and then with one. Throws what does not hold. */
export async function runPoint(lane: Lane, scenario: Scenario, { name, start }: Interruption): Promise<Outcome> {
  const data = await begin(lane, scenario);
  const killed = await start(lane, data);
  try {
    const ended = await Promise.race([killed.exit().then(() => true), finished(lane, scenario).then(() => false)]);
    // The last points come after its last report.
    const died = ended || !(await endByPid(data));
    await killed.kill();
    return { point: name, died, ran: await checkRestart(lane, data, scenario) };
  } finally {
    await killed.kill();
    await rm(lane.root, { recursive: true, force: true });
  }
}

/** What a restart makes of it: first without a network, then with one. @returns what ran without */
async function checkRestart(lane: Lane, data: string, scenario: Scenario): Promise<Outcome["ran"]> {
  const { server } = lane;
  const journal = await checkDisk(data, scenario);
  server.offline = true;
  server.cut();
  const agent = await AgentProcess.start(server, data, { extra: QUIET });
  try {
    const ran = await checkOffline(lane, agent, scenario, journal);
    server.offline = false;
    server.reports.length = 0;
    await reached(server, scenario.assignment.seq, "ACTIVE", agent, PATIENCE_MS);
    await checkEnd(lane, agent, scenario);
    return ran;
  } finally {
    await agent.kill();
  }
}

/**
 * The agent may be the child of what was started: its own number is in the file that applications find it by.
 * @returns false where it had ended already
 */
async function endByPid(data: string): Promise<boolean> {
  const { pid } = JSON.parse(await readFile(join(data, "host.json"), "utf8")) as { pid: number };
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    return false;
  }
}

/** Runs the scenario to its end. @param start so that it notes what happens */
export async function runThrough(lane: Lane, scenario: Scenario, { start }: Pick<Interruption, "start">): Promise<void> {
  const agent = await start(lane, await begin(lane, scenario));
  await reached(lane.server, scenario.assignment.seq, "ACTIVE", agent, PATIENCE_MS);
  await sleep(TIDY_MS);
  await endByPid(agent.data);
  await agent.kill();
}

/** A fresh copy of the disk that the scenario begins with, and the server as it is then. @returns the data directory */
export async function begin({ server, root }: Lane, scenario: Scenario): Promise<string> {
  const data = join(root, "d");
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  if (scenario.template !== null) await cp(scenario.template, data, { recursive: true });
  for (const [sha256, bytes] of scenario.files) server.files.set(sha256, bytes);
  server.assignment = scenario.assignment;
  server.offline = false;
  server.reports.length = 0;
  return data;
}

async function finished({ server }: Lane, scenario: Scenario): Promise<void> {
  await eventually(() => server.states().find((state) => state.seq === scenario.assignment.seq && state.phase === "ACTIVE"), PATIENCE_MS);
  await sleep(TIDY_MS);
}

/** The journal is whole, and the slot that it names as current holds, byte for byte, a release that was signed for this device. */
async function checkDisk(data: string, { before, target, journalTorn }: Scenario): Promise<Journal | null> {
  const paths = agentPaths(data);
  const text = await readFile(paths.journal, "utf8").catch(() => null);
  const journal = text === null ? null : parseJournal(text);
  if (journal === null) {
    if (text !== null && !journalTorn) throw new Error(`the journal is torn: ${text}`);
    if (before !== null && !journalTorn) throw new Error("the journal is gone");
    return null;
  }
  if (journal.current === null) {
    if (before !== null) throw new Error("the journal names no release any more");
    return journal;
  }
  const found = createHash("sha256")
    .update(await readFile(join(paths.slot(journal.current), "model.onnx")))
    .digest("hex");
  if (![before?.variantSha256, target.variantSha256].includes(found)) throw new Error(`slot ${journal.current} holds ${found}`);
  if (journal.slots[journal.current]?.variantSha256 !== found) throw new Error("the current slot is not what the journal says");
  return journal;
}

/** Without a network the device runs what the journal names, at once: a request waits for the host rather than fail. */
async function checkOffline(lane: Lane, agent: AgentProcess, scenario: Scenario, before: Journal | null): Promise<Outcome["ran"]> {
  const answer = await eventually(async () => {
    const askedAt = performance.now();
    const given = await agent.infer(lane.image);
    // On a busy machine a host may take longer than a request waits.
    return given.status === 503 && performance.now() - askedAt >= WAIT_MS ? null : given;
  }, PATIENCE_MS);
  if (answer.status === 503 && scenario.before === null && (before === null || before.current === null)) return "none";
  if (answer.status !== 200) throw new Error(`the device answers ${answer.status} after its restart`);
  const after = parseJournal(await readFile(agentPaths(agent.data).journal, "utf8"));
  const named = [before, after].map((journal) => (journal === null || journal.current === null ? null : journal.slots[journal.current]));
  if (!named.some((record) => record?.variantSha256 === answer.variantSha256)) {
    throw new Error(`${answer.variantSha256} answers; the journal names ${named.map((record) => record?.variantSha256).join(", then ")}`);
  }
  return answer.variantSha256 === scenario.target.variantSha256 ? "target" : "before";
}

/** With a network it comes to the release that is assigned, and the journal says so. */
async function checkEnd(lane: Lane, agent: AgentProcess, { assignment, target }: Scenario): Promise<void> {
  const early = lane.server.states().find(({ seq, phase, running }) => {
    return seq === assignment.seq && phase === "ACTIVE" && running?.variantSha256 !== target.variantSha256;
  });
  if (early !== undefined) throw new Error(`it said ACTIVE while ${early.running?.variantSha256} ran`);
  const answer = await eventually(async () => await agent.infer(lane.image), PATIENCE_MS);
  if (answer.variantSha256 !== target.variantSha256) throw new Error(`${answer.variantSha256} runs in the end`);
  const journal = parseJournal(await readFile(agentPaths(agent.data).journal, "utf8"));
  if (journal?.seq !== assignment.seq || journal.outcome?.phase !== "ACTIVE" || journal.trying !== null)
    throw new Error(`the journal says in the end: ${JSON.stringify(journal)}`);
}

import type { Assignment } from "@flotilla/contracts";
import { cp, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { AgentProcess, eventually, reached } from "../agent-process.ts";
import { DeviceServer } from "../device-server.ts";
import { assign, makeRelease, type Release } from "../make-release.ts";

/** One way from a state of the disk to a release, to be interrupted at every change. */
export type Scenario = {
  name: string;
  /** The data directory that it begins with; null for a device that has never run. */
  template: string | null;
  assignment: Assignment;
  files: ReadonlyMap<string, Uint8Array>;
  /** What runs before; null where "none" is right until the first release is confirmed. */
  before: Release | null;
  target: Release;
  /** The journal is spoiled to begin with. */
  journalTorn: boolean;
  /** See `readPoints`. */
  mostAlike: number;
};

/** Quiet agents: what they do is decided by the update and not by a clock. */
export const QUIET = ["--metrics-interval", "3600", "--log-level", "info"];

/** Has a device install `release` under `seq`, going on from `from`, and keeps its data directory as `to`. */
async function install(server: DeviceServer, from: string | null, to: string, release: Release, seq: number): Promise<void> {
  if (from !== null) await cp(from, to, { recursive: true });
  server.reports.length = 0;
  assign(server, release, seq);
  const agent = await AgentProcess.start(server, to, { extra: QUIET });
  await reached(server, seq, "ACTIVE", agent);
  await eventually(() => (agent.log.includes('"to":"ACTIVE"') ? true : null));
  await agent.kill("SIGTERM");
  for (const name of ["agent.sock", "run", "host.json"]) await rm(join(to, name), { recursive: true, force: true });
}

/** The states of the disk that the matrix begins with, made by real agents. */
export async function prepareScenarios(root: string): Promise<Scenario[]> {
  const server = await DeviceServer.start(join(root, "server"));
  const [first, second, third] = await Promise.all([1, 2, 3].map(async (counter) => await smallRelease(counter)));
  if (first === undefined || second === undefined || third === undefined) throw new Error("three releases were made");
  const [one, two, torn] = [join(root, "one"), join(root, "two"), join(root, "torn")];
  await install(server, null, one, first, 1);
  await install(server, one, two, second, 2);
  await cp(two, torn, { recursive: true });
  await truncate(join(torn, "journal.json"), 100);
  const files = new Map([...first.files, ...second.files, ...third.files]);
  const make = (name: string, template: string | null, seq: number, [before, target]: [Release | null, Release]): Scenario => ({
    name,
    template,
    assignment: assign(server, target, seq),
    files,
    before,
    target,
    journalTorn: template === torn,
    mostAlike: name === "update" ? 9 : 2,
  });
  const scenarios = [
    make("update", two, 3, [second, third]),
    make("first installation", null, 1, [null, first]),
    make("revert", two, 3, [second, first]),
    make("journal rebuild", torn, 2, [second, second]),
  ];
  await server.stop();
  return scenarios;
}

async function smallRelease(counter: number): Promise<Release> {
  return await makeRelease({ model: "mnistMobilenet", counter, goldenCount: 2, padBytes: counter });
}

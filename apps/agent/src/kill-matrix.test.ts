import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPoints } from "../test/kill-matrix/points.ts";
import { findHostPoints, runHostPoint } from "../test/kill-matrix/run-host-point.ts";
import { runMatrix, summarise } from "../test/kill-matrix/run-matrix.ts";
import { type Interruption, type Lane, openLane } from "../test/kill-matrix/run-point.ts";
import { prepareScenarios, type Scenario } from "../test/kill-matrix/scenario.ts";
import { canTrace, findSystemCalls } from "../test/kill-matrix/strace-points.ts";

/** `AGENT_FAULTS=all` ends the agent at every point: CI does, behind `npm test`, which takes a few of an update. */
const isWhole = process.env["AGENT_FAULTS"] === "all";
const TIMEOUT_MS = 1_800_000;

/** Short: an agent whose data directory has a long path keeps its sockets elsewhere. */
const root = await mkdtemp(join(tmpdir(), "km-"));
const scenarios = new Map<string, Scenario>();
const lanes: Lane[] = [];

beforeAll(async () => {
  for (const scenario of await prepareScenarios(root)) scenarios.set(scenario.name, scenario);
  for (const name of ["a", "b", "c"]) lanes.push(await openLane(root, name));
});

afterAll(async () => {
  for (const { server } of lanes) await server.stop();
  await rm(root, { recursive: true, force: true });
});

/** Evenly spread. */
function sampleOf<T>(all: readonly T[]): T[] {
  const every = isWhole ? 1 : Math.max(1, Math.ceil(all.length / 2));
  return all.filter((_, index) => index % every === every >> 1);
}

async function check(name: string, find: (lane: Lane, scenario: Scenario) => Promise<Interruption[]>): Promise<void> {
  const scenario = scenarios.get(name)!;
  const all = await find(lanes[0]!, scenario);
  const points = sampleOf(all);
  const result = await runMatrix(lanes, scenario, points);
  process.stdout.write(`${summarise(scenario, result)} (${all.length} in all)\n`);
  const missed = result.outcomes.filter(({ died }) => !died).map(({ point }) => point);
  if (missed.length > 0) process.stdout.write(`not reached: ${missed.join("; ")}\n`);
  expect(result.failures).toEqual([]);
  // A run may group its reports otherwise than the one that was counted: few do.
  expect(missed.length).toBeLessThan(0.1 * points.length + 1);
}

describe("kill -9 of the agent before, in the middle of and after each change of the disk", () => {
  it.each(isWhole ? ["update", "first installation", "revert", "journal rebuild"] : ["update"])(
    "during %s: the release before or the assigned one runs, and in the end the assigned one",
    async (name) => await check(name, findPoints),
    TIMEOUT_MS,
  );

  it.runIf(isWhole && canTrace())(
    "at each system call of an update, where strace can be used",
    async () => await check("update", findSystemCalls),
    TIMEOUT_MS,
  );
});

describe("kill -9 of an inference host at each thing that it says", () => {
  it.runIf(isWhole)(
    "is a rollback or a restart; the device answers all the while",
    async () => {
      const scenario = scenarios.get("update")!;
      const points = await findHostPoints(lanes[0]!, scenario, 12);
      const ends: string[] = [];
      const waiting = [...points];
      const work = async (lane: Lane): Promise<void> => {
        for (let point = waiting.shift(); point !== undefined; point = waiting.shift())
          ends.push(await runHostPoint(lane, scenario, point));
      };
      await Promise.all(lanes.map(work));
      process.stdout.write(
        `kill matrix: ${ends.length} points of the hosts: ${ends.filter((end) => end === "ACTIVE").length} updated all the same\n`,
      );
      expect(ends).toHaveLength(points.length);
    },
    TIMEOUT_MS,
  );
});

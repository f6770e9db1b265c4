import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clockFaults } from "../test/faults/clock-faults.ts";
import { damageFaults } from "../test/faults/damage-faults.ts";
import { diskFaults, mountedFaults } from "../test/faults/disk-faults.ts";
import { type FaultCase, FaultWorld } from "../test/faults/fault-world.ts";
import { hostFaults } from "../test/faults/host-faults.ts";
import { identityFaults } from "../test/faults/identity-faults.ts";
import { prepareScenarios, type Scenario } from "../test/kill-matrix/scenario.ts";

/** `AGENT_FAULTS=all` proves every case: CI does, behind `npm test`, which takes the first of each kind. */
const isWhole = process.env["AGENT_FAULTS"] === "all";

/** Short: an agent whose data directory has a long path keeps its sockets elsewhere. */
const root = await mkdtemp(join(tmpdir(), "kf-"));
const scenarios = new Map<string, Scenario>();
let worlds = 0;

beforeAll(async () => {
  for (const scenario of await prepareScenarios(root)) scenarios.set(scenario.name, scenario);
});

afterAll(async () => await rm(root, { recursive: true, force: true }));

function canMount(): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    execFileSync("umount", ["/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function prove(cases: readonly FaultCase[]): void {
  it.concurrent.each(
    cases.filter((_, index) => isWhole || index === 0).map((each) => [each.fault, each.code ?? "no outage", each] as const),
  )(
    "%s: %s",
    async (_, __, { prove: act }) => {
      worlds += 1;
      const world = await FaultWorld.open(root, `w${worlds}`, { update: scenarios.get("update")!, revert: scenarios.get("revert")! });
      try {
        await act(world);
      } finally {
        await world.close();
      }
    },
    300_000,
  );
}

it("docs/agent-faults.md says what is proved here, and nothing else", async () => {
  const text = await readFile(new URL("../../../docs/agent-faults.md", import.meta.url), "utf8");
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| fault") && !line.startsWith("| ---"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const cases = [...diskFaults, ...mountedFaults, ...damageFaults, ...hostFaults, ...clockFaults, ...identityFaults];
  expect(rows.map(([, fault, outcome, code]) => [fault, outcome !== "", code])).toEqual(
    cases.map(({ fault, code }) => [fault, true, code === null ? "–" : `\`${code}\``]),
  );
});

describe("a disk that takes nothing more", () => prove(diskFaults));
describe.runIf(canMount())("a real disk that takes nothing more", () => prove(mountedFaults));
describe("damage on the disk", () => prove(damageFaults));
describe("a model that misbehaves", () => prove(hostFaults));
describe("a clock that is wrong", () => prove(clockFaults));
describe("an identity that is refused", () => prove(identityFaults));

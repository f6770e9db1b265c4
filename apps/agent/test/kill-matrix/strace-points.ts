import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AgentProcess } from "../agent-process.ts";
import { type Interruption, type Lane, runThrough } from "./run-point.ts";
import { QUIET, type Scenario } from "./scenario.ts";

/** System calls by which the agent changes its data directory; a write also has to be on one of `written`. */
const CALLS = ["fsync", "rename", "link", "unlink", "rmdir", "ftruncate", "copy_file_range", "write"];

/** Is strace here, and may it trace? */
export function canTrace(): boolean {
  try {
    execFileSync("strace", ["-qq", "-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Files whose names are the same in every run. Sockets and pipes are written to as well, and are no change of the disk. */
function written(data: string, { target, assignment }: Scenario): string[] {
  const names = ["journal.json.partial", "assignment.json.partial", "host.json.partial"];
  const slots = ["A", "B"].flatMap((slot) => [`slots/${slot}.partial/slot.json.partial`, `slots/${slot}/confirmed.json.partial`]);
  const downloads = [target.variantSha256, ...assignment.artifacts.map(({ sha256 }) => sha256)].map((name) => `downloads/${name}.partial`);
  return [...names, ...slots, ...downloads].map((name) => join(data, name));
}

/** Starts the agent under strace. One thread does all of its file work, so that the kernel's count of a call is the program's. */
async function startTraced(lane: Lane, data: string, output: string, options: string[]): Promise<AgentProcess> {
  return await AgentProcess.start(lane.server, data, {
    extra: QUIET,
    env: { UV_THREADPOOL_SIZE: "1" },
    wrap: ["strace", "-f", "-qq", "-y", "-o", output, ...options],
  });
}

/** The scenario's system calls, as ways to end the agent when it enters one: nothing of it is done, and nothing after it. */
export async function findSystemCalls(lane: Lane, scenario: Scenario): Promise<Interruption[]> {
  const output = join(lane.root, "strace.out");
  await runThrough(lane, scenario, { start: async (_, data) => await startTraced(lane, data, output, ["-e", `trace=${CALLS.join(",")}`]) });
  const lines = (await readFile(output, "utf8")).split("\n");
  const data = join(lane.root, "d");
  const files = written(data, scenario);
  const count = (call: string): number => {
    const calls = lines.filter((line) => new RegExp(`^\\d+ +${call}\\(`).test(line) && line.includes(data));
    return call === "write" ? calls.filter((line) => files.some((file) => line.includes(`<${file}>`))).length : calls.length;
  };
  return CALLS.flatMap((call) => Array.from({ length: count(call) }, (_, index) => interruption(scenario, call, index + 1)));
}

function interruption(scenario: Scenario, call: string, nth: number): Interruption {
  return {
    name: `system call ${call} #${nth}`,
    start: async (lane, data) => {
      const only = call === "write" ? written(data, scenario).flatMap((file) => ["-P", file]) : [];
      const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:when=${nth}`];
      return await startTraced(lane, data, join(lane.root, "strace.out"), [...only, ...inject]);
    },
  };
}

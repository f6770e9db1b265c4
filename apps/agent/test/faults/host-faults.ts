import type { ErrorCode } from "@flotilla/contracts";
import { join } from "node:path";
import type { AgentFlags } from "../agent-process.ts";
import { check, type FaultCase, type FaultWorld, preloadUrl } from "./fault-world.ts";

const PATIENCE: AgentFlags = { extra: ["--start-timeout", "5", "--hang-timeout", "3"] };

/** The offered release's host, in slot A, goes wrong: it is rolled back, and what ran goes on running. */
function candidate(fault: string, code: ErrorCode, spoil: { at: string; nth?: string; what: string }): FaultCase {
  return {
    fault,
    code,
    prove: async (world) => {
      const agent = await world.startWithHosts({ slot: "A", ...spoil }, spoil.what === "hang" ? PATIENCE : {});
      const report = await world.reached(3, "ROLLED_BACK", agent);
      check(report.reason?.code === code, `rolled back for ${report.reason?.code}: ${report.reason?.message}`);
      await world.says(code, agent);
      await world.runs(agent, world.current);
    },
  };
}

/** The confirmed release's host, in slot B, goes wrong each time while it serves: the third time the one before takes over. */
async function fallsBack(world: FaultWorld, code: ErrorCode, what: string, flags: AgentFlags): Promise<void> {
  world.server.assignment = null;
  const agent = await world.start({
    ...flags,
    env: { NODE_OPTIONS: `--import=${preloadUrl("spoil-host", { slot: "B", at: "beat", what })}` },
  });
  const report = await world.reached(2, "ROLLED_BACK", agent);
  check(report.reason?.code === code, `rolled back for ${report.reason?.code}`);
  await world.runs(agent, world.previous);
}

export const hostFaults: FaultCase[] = [
  candidate("a model ends its process while it is loaded", "HOST_CRASHED", { at: "start", what: "kill" }),
  candidate("a model ends its process while it is probed", "HOST_CRASHED", { at: "answer", nth: "20", what: "kill" }),
  candidate("a model hangs while it is loaded", "HOST_HUNG", { at: "start", what: "hang" }),
  candidate("a model hangs while it is probed", "HOST_HUNG", { at: "answer", nth: "20", what: "hang" }),
  candidate("a model eats memory while it is loaded", "OUT_OF_MEMORY", { at: "start", what: "eat" }),
  candidate("a model eats memory while it is probed", "OUT_OF_MEMORY", { at: "answer", nth: "20", what: "eat" }),
  {
    fault: "a confirmed model ends its process once",
    code: "HOST_CRASHED",
    prove: async (world) => {
      world.server.assignment = null;
      const agent = await world.startWithHosts({ slot: "B", at: "beat", what: "kill", mark: join(world.lane.root, "killed") });
      await world.says("HOST_CRASHED", agent);
      await world.runs(agent, world.current);
      check((await world.journal()).current === "B", "it was rolled back for one crash");
    },
  },
  {
    fault: "a confirmed model ends its process again and again",
    code: "HOST_CRASHED",
    prove: async (world) => await fallsBack(world, "HOST_CRASHED", "kill", {}),
  },
  {
    fault: "a confirmed model hangs again and again",
    code: "HOST_HUNG",
    prove: async (world) => await fallsBack(world, "HOST_HUNG", "hang", PATIENCE),
  },
  {
    fault: "a confirmed model eats memory again and again",
    code: "OUT_OF_MEMORY",
    prove: async (world) =>
      await fallsBack(world, "OUT_OF_MEMORY", "eat", { node: ["--import", preloadUrl("device", { memory: String(640 << 20) })] }),
  },
];

import { execFileSync } from "node:child_process";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentProcess } from "../agent-process.ts";
import { check, type FaultCase, type FaultWorld } from "./fault-world.ts";

/** Starts the agent on a disk that refuses what matches; `mend` takes that back. */
async function refusing(world: FaultWorld, match: string, code = "ENOSPC"): Promise<{ agent: AgentProcess; mend: () => Promise<void> }> {
  const holds = join(world.lane.root, "refuse");
  await writeFile(holds, "");
  const agent = await world.startWith("fail-at", { root: world.data, match, code, while: holds });
  return { agent, mend: async () => await rm(holds) };
}

async function refusesRelease(world: FaultWorld, match: string): Promise<void> {
  const { agent } = await refusing(world, match);
  const report = await world.reached(3, "REFUSED", agent);
  check(report.reason?.code === "NOT_ENOUGH_DISK", `refused for ${report.reason?.code}`);
  await world.runs(agent, world.current);
  check((await world.journal()).outcome?.phase === "REFUSED", "the journal does not say so");
}

/** Everything is refused from the start; once that ends, the update goes through. */
async function servesOn(world: FaultWorld, errno: string, code: "NOT_ENOUGH_DISK" | "DATA_NOT_WRITABLE"): Promise<void> {
  const { agent, mend } = await refusing(world, ".", errno);
  await world.runs(agent, world.current);
  await world.says(code, agent);
  await mend();
  const active = await world.reached(3, "ACTIVE", agent);
  check(active.running?.variantSha256 === world.offered.variantSha256, "something else runs");
  await world.runs(agent, world.offered);
}

/** Runs `act` with the data directory on a small disk of its own. */
async function onDisk(world: FaultWorld, sizeKilobytes: number, act: (mount: string) => Promise<void>): Promise<void> {
  const kept = `${world.data}.kept`;
  await cp(world.data, kept, { recursive: true });
  await rm(world.data, { recursive: true });
  await mkdir(world.data);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeKilobytes}k`, "none", world.data]);
  try {
    await cp(kept, world.data, { recursive: true });
    await act(world.data);
  } finally {
    await world.stopAgents();
    execFileSync("umount", ["-l", world.data]);
  }
}

export const diskFaults: FaultCase[] = [
  {
    fault: "the disk becomes full while a release is downloaded",
    code: "NOT_ENOUGH_DISK",
    prove: async (world) => await refusesRelease(world, "writeFile downloads"),
  },
  {
    fault: "the disk becomes full while a release is unpacked",
    code: "NOT_ENOUGH_DISK",
    prove: async (world) => await refusesRelease(world, "slots/A.partial"),
  },
  {
    fault: "the disk is too full for the journal",
    code: "NOT_ENOUGH_DISK",
    prove: async (world) => {
      const { agent, mend } = await refusing(world, "journal.json");
      await world.says("NOT_ENOUGH_DISK", agent);
      await world.runs(agent, world.current);
      await mend();
      await world.reached(3, "ACTIVE", agent);
      await world.runs(agent, world.offered);
    },
  },
  {
    fault: "the disk is too full for reports",
    code: null,
    prove: async (world) => {
      const { agent } = await refusing(world, "spool");
      await world.reached(3, "ACTIVE", agent);
      await world.runs(agent, world.offered);
    },
  },
  {
    fault: "the disk is full when the agent starts",
    code: "NOT_ENOUGH_DISK",
    prove: async (world) => await servesOn(world, "ENOSPC", "NOT_ENOUGH_DISK"),
  },
  {
    fault: "the data directory cannot be written when the agent starts",
    code: "DATA_NOT_WRITABLE",
    prove: async (world) => await servesOn(world, "EIO", "DATA_NOT_WRITABLE"),
  },
  {
    fault: "the disk is full while an activation that was cut short is to go on",
    code: "NOT_ENOUGH_DISK",
    prove: async (world) => {
      const held = await world.start({ hold: "ACTIVATING" });
      await world.logs(held, "held here");
      await held.kill();
      const { agent } = await refusing(world, ".");
      await world.runs(agent, world.current);
      await world.says("NOT_ENOUGH_DISK", agent);
    },
  },
];

/** The same on real file systems, where this process may mount some. */
export const mountedFaults: FaultCase[] = [
  {
    fault: "the disk is full to the last byte",
    code: "NOT_ENOUGH_DISK",
    prove: async (world) =>
      await onDisk(world, 4096, async (mount) => {
        await writeFile(join(mount, "filler"), Buffer.alloc(4 << 20)).catch(() => undefined);
        const agent = await world.start();
        await world.runs(agent, world.current);
        await world.says("NOT_ENOUGH_DISK", agent);
      }),
  },
  {
    fault: "the data directory is mounted read-only",
    code: "DATA_NOT_WRITABLE",
    prove: async (world) =>
      await onDisk(world, 65_536, async (mount) => {
        execFileSync("mount", ["-o", "remount,ro", mount]);
        const agent = await world.start();
        await world.says("DATA_NOT_WRITABLE", agent);
        await world.runs(agent, world.current);
      }),
  },
];

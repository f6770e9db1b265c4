import { readFile } from "node:fs/promises";
import { processTree } from "./cpu.ts";

export interface Memory {
  /** Pages that are in memory, shared ones counted in each process. */
  readonly rssMB: number;
  /** Shared pages counted by their share. */
  readonly pssMB: number;
  readonly processes: number;
}

/** Memory of a process and all below it, by smaps_rollup (as root, or of our own processes; a process that may not be read counts with its statm). */
export async function memoryOf(pid: number): Promise<Memory> {
  const pids = await processTree(pid);
  const all = await Promise.all(pids.map(memoryOfOne));
  const sum = (key: "rssMB" | "pssMB"): number => all.reduce((total, each) => total + each[key], 0);
  return { rssMB: sum("rssMB"), pssMB: sum("pssMB"), processes: pids.length };
}

/** Of one process alone. */
export async function memoryOfOne(pid: number): Promise<{ rssMB: number; pssMB: number }> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
  return { rssMB: (kilobytes("Rss") * 1024) / 1e6, pssMB: (kilobytes("Pss") * 1024) / 1e6 };
}

import { readdir, readFile } from "node:fs/promises";

const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  readonly ownTicks: number;
  /** Of its children that ended. */
  readonly reapedTicks: number;
}

async function readStat(pid: number): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  // The name may hold spaces and parentheses: count from its end. Fields of proc_pid_stat(5).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (at: number): number => Number(fields[at - 3]);
  return { parent: field(4), ownTicks: field(14) + field(15), reapedTicks: field(16) + field(17) };
}

/** Every process below `pid`, itself included. */
export async function processTree(pid: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readStat(Number(name));
    if (stat !== null) children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  const tree = [pid];
  for (const each of tree) tree.push(...(children.get(each) ?? []));
  return tree;
}

/** User and system seconds of a process and all below it so far. */
export async function cpuSeconds(pid: number): Promise<number> {
  const reapedTicks = async (): Promise<number> => (await readStat(pid))?.reapedTicks ?? 0;
  for (;;) {
    const reaped = await reapedTicks();
    const stats = await Promise.all((await processTree(pid)).map(readStat));
    // One that ended meanwhile is in neither of the two, or in both.
    if ((await reapedTicks()) === reaped) return stats.reduce((sum, stat) => sum + (stat?.ownTicks ?? 0), reaped) / TICKS_PER_SECOND;
  }
}

/** CPU seconds that the machine has and has spent on anything, since it started. */
async function machineSeconds(): Promise<{ busy: number; total: number }> {
  const line = (await readFile("/proc/stat", "utf8")).split("\n", 1)[0] ?? "";
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, steal = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  const busy = user + nice + system + irq + soft + steal;
  return { busy: busy / TICKS_PER_SECOND, total: (busy + idle + wait) / TICKS_PER_SECOND };
}

export interface CpuUse {
  readonly wallS: number;
  /** CPU seconds by process name. */
  readonly byProcess: Readonly<Record<string, number>>;
  /** CPU seconds that processes other than these took. */
  readonly elsewhereS: number;
}

/** What the named processes and the machine spent while `work` ran. */
export async function withCpu<T>(pids: Readonly<Record<string, number>>, work: () => Promise<T>): Promise<{ result: T; cpu: CpuUse }> {
  const read = async () =>
    Object.fromEntries(await Promise.all(Object.entries(pids).map(async ([name, pid]) => [name, await cpuSeconds(pid)] as const)));
  const [before, machineBefore, startedAt] = [await read(), await machineSeconds(), performance.now()];
  const result = await work();
  const wallS = (performance.now() - startedAt) / 1000;
  const [after, machineAfter] = [await read(), await machineSeconds()];
  const byProcess = Object.fromEntries(Object.keys(pids).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]));
  const ours = Object.values(byProcess).reduce((sum, seconds) => sum + seconds, 0);
  return { result, cpu: { wallS, byProcess, elsewhereS: Math.max(0, machineAfter.busy - machineBefore.busy - ours) } };
}

/** `gateway 1.2, broker 0.4 …; elsewhere 0.1` in CPU seconds. */
export function describeCpuUse({ byProcess, elsewhereS }: CpuUse): string {
  const parts = Object.entries(byProcess).map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`);
  return `${parts.join(", ")}; elsewhere ${elsewhereS.toFixed(1)}`;
}

import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Figure, Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import type { Generator } from "../generator/generator.ts";
import { describeCpuUse, withCpu } from "../machine/cpu.ts";
import { median } from "../machine/statistics.ts";
import { until } from "../machine/until.ts";
import { AEDES } from "../recorded-peers.ts";
import { connectFleet } from "../setup/connect-fleet.ts";
import { runRollout } from "../setup/run-rollout.ts";
import { seedRelease } from "../setup/seed-release.ts";

const STOCK_DEVICES = 3_000;
const BROKER = fileURLToPath(new URL("../plain-broker.ts", import.meta.url));

/** All devices come back at once, each to a retained hint: without TLS beside aedes as it is shipped, then with mutual TLS through the product's own broker. */
export async function measureReconnect(bench: FleetBench): Promise<Section> {
  const { devices, repetitions } = bench.sizes;
  const few = Math.min(STOCK_DEVICES, devices);
  const notes: string[] = [];
  const [stock, ours, all]: number[][] = [[], [], []];
  for (let run = 1; run <= repetitions; run += 1) {
    bench.say(`reconnect without TLS, run ${run}`);
    stock?.push(await reconnectPlain(bench, "stock", few, notes));
    ours?.push(await reconnectPlain(bench, "indexed", few, notes));
    all?.push(await reconnectPlain(bench, "indexed", devices, notes));
  }
  const tls = await reconnectTls(bench, notes);
  return {
    title: "Reconnect",
    figures: figuresOf({ devices, few, stock: stock ?? [], ours: ours ?? [], all: all ?? [], ...tls }),
    notes: [NOTE, ...notes],
  };
}

/** Seconds until the last of `count` devices is connected, subscribed and has its hint again. */
async function reconnectPlain(bench: FleetBench, kind: "stock" | "indexed", count: number, notes: string[]): Promise<number> {
  const broker = await startPlainBroker(kind, bench.identityIds(count));
  const generator = await bench.startGenerator(count, 1, { plainBrokerPort: broker.port });
  try {
    const pids = { broker: broker.pid, ...generator.pids() };
    // What is retained is what they have: they ask the gateway nothing.
    await generator.ask("poll", { everySeconds: 0, useHints: false });
    const { result, cpu } = await withCpu(
      pids,
      async () => await generator.ask("connect", { at: Date.now(), resume: false, birth: false, expectHint: true }),
    );
    const failed = result.reduce((sum, each) => sum + each.failed, 0);
    if (failed > 0) throw new Error(`${failed} of ${count} devices could not reconnect (${kind}).`);
    notes.push(
      `${kind === "stock" ? "aedes as shipped" : "ours"}, ${count.toLocaleString("en")} devices, no TLS. CPU s: ${describeCpuUse(cpu)}.`,
    );
    bench.say(`reconnect without TLS, ${kind}, ${count} devices: ${lastS(result).toFixed(1)} s`);
    return lastS(result);
  } finally {
    await generator.stop();
    broker.stop();
  }
}

async function startPlainBroker(kind: string, ids: readonly string[]): Promise<{ port: number; pid: number; stop: () => void }> {
  const child = fork(BROKER, [kind], { stdio: ["pipe", "pipe", "inherit", "ipc"], execArgv: ["--disable-warning=ExperimentalWarning"] });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("the broker's pipes are missing");
  stdin.end(JSON.stringify(ids));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: stdout }).once("line", (line) => resolve(Number(line)));
    child.once("exit", (code) => reject(new Error(`the plain broker ended with ${code}`)));
  });
  return { port, pid: child.pid ?? 0, stop: () => child.kill("SIGKILL") };
}

/** The whole stack: identities, revocations, presence into Postgres. First with full handshakes, then with resumed TLS sessions. */
async function reconnectTls(bench: FleetBench, notes: string[]): Promise<{ full: number[]; resumed: number[]; resumedShare: number }> {
  const { devices, repetitions } = bench.sizes;
  const groupId = await bench.seed(devices);
  const generator = await bench.startGenerator(devices, 2);
  const [full, resumed]: [number[], number[]] = [[], []];
  let resumedShare = 0;
  try {
    await connectFleet(bench, generator, devices);
    const { releaseId } = await seedRelease(bench.releases, Buffer.from("reconnect"));
    await runRollout(bench, { releaseId, groupId, stages: 1, count: devices, timeoutS: 240 });
    for (let run = 1; run <= repetitions; run += 1) {
      bench.say(`reconnect with TLS, run ${run}`);
      full.push(lastS(await reconnectOnce(bench, generator, false, notes)));
      const again = await reconnectOnce(bench, generator, true, notes);
      resumed.push(lastS(again));
      resumedShare = again.reduce((sum, each) => sum + each.resumed, 0) / devices;
    }
  } finally {
    await generator.stop();
  }
  return { full, resumed, resumedShare };
}

async function reconnectOnce({ db, stack }: FleetBench, generator: Generator, resume: boolean, notes: string[]) {
  await generator.ask("drop", undefined);
  const online = async (): Promise<number> =>
    (await db.query<{ n: number }>("SELECT count(*)::int AS n FROM device_status WHERE online"))[0]?.n ?? 0;
  await until(async () => (await online()) === 0, 120_000, "every device offline");
  await sleep(500);
  const pids = { ...(await stack.pids()), ...generator.pids() };
  const { result, cpu } = await withCpu(
    pids,
    async () => await generator.ask("connect", { at: Date.now() + 200, resume, birth: true, expectHint: true }),
  );
  const failed = result.reduce((sum, each) => sum + each.failed, 0);
  if (failed > 0) throw new Error(`${failed} devices could not reconnect.`);
  notes.push(`With TLS, ${resume ? "resumed sessions" : "full handshakes"}. CPU s: ${describeCpuUse(cpu)}.`);
  return result;
}

const lastS = (connected: readonly { ms: readonly number[] }[]): number =>
  connected.reduce((last, { ms }) => ms.reduce((a, b) => Math.max(a, b), last), 0) / 1000;

const NOTE = `From the moment at which all devices begin (200 handshakes of each generator process under way at once) until the last one is connected, subscribed and has its retained hint. Without TLS a broker
stands alone: aedes 1.2.0 as shipped, or with our store of retained messages. With TLS it is the product's broker: mutual TLS with a certificate of its own for each device, a retained
birth that the gateway writes to Postgres meanwhile. Agents of today make full handshakes; the resumed row is what TLS 1.3 session tickets would save.`;

function figuresOf(all: {
  devices: number;
  few: number;
  stock: number[];
  ours: number[];
  all: number[];
  full: number[];
  resumed: number[];
  resumedShare: number;
}): Figure[] {
  const [devices, few] = [all.devices.toLocaleString("en"), all.few.toLocaleString("en")];
  const times = median(all.stock) / median(all.ours);
  return [
    { what: `${devices} reconnect to retained hints, no TLS`, unit: "s", values: all.all, limit: { kind: "at most", value: 6 } },
    { what: `${few}, no TLS, our store`, unit: "s", values: all.ours, limit: null },
    {
      ...{ what: `${few}, no TLS, aedes as shipped (this run)`, unit: "s", values: all.stock, limit: null },
      note: `recorded earlier: ${AEDES.reconnectsPerSecond}/s`,
    },
    { what: `faster than aedes as shipped at ${few}`, unit: "×", values: [times], limit: { kind: "at least", value: 7 } },
    { what: `${devices}, mutual TLS, full handshakes, whole stack`, unit: "s", values: all.full, limit: null },
    {
      ...{ what: `${devices}, mutual TLS, resumed`, unit: "s", values: all.resumed, limit: null },
      note: `${Math.round(100 * all.resumedShare)} % were resumed`,
    },
  ];
}

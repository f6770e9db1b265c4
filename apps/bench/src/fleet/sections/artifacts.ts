import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import type { BareTlsSetup } from "../bare-tls-server.ts";
import type { Figure, Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import type { Generator } from "../generator/generator.ts";
import { describeCpuUse, withCpu } from "../machine/cpu.ts";
import { median } from "../machine/statistics.ts";
import { HAWKBIT } from "../recorded-peers.ts";

const CONNECTIONS = 4;
/** One that the gateway keeps in memory while it is asked for, and one that is read from its file each time. */
const SIZES = { small: 1_000_000, large: 20_000_000 } as const;
const SERVER = fileURLToPath(new URL("../bare-tls-server.ts", import.meta.url));

interface Measured {
  readonly rates: number[];
  /** CPU-s/GB. */
  readonly costs: number[];
  readonly notes: string[];
}

/** Whole downloads over mutual TLS on kept connections, the bytes hashed and compared by the devices; beside them a bare TLS server of Node in the same run. */
export async function measureArtifacts(bench: FleetBench): Promise<Section> {
  await bench.seed(CONNECTIONS);
  const stack = await bench.stack.pids();
  const ours = async (bytes: Buffer, what: string): Promise<Measured> => {
    const { sha256 } = await bench.assignSomething(bytes);
    const fetchFrom = async (generator: Generator) => await fetchAgain(bench, { generator, sha256, server: stack, what });
    return await withGenerator(bench, bench.stack.ports.gateway, fetchFrom);
  };
  const small = await ours(randomBytes(SIZES.small), "1 MB");
  const large = await ours(randomBytes(SIZES.large), "20 MB");
  const bare = await measureBareTls(bench);
  return {
    title: "Artifacts",
    figures: figuresOf(small, large, bare),
    notes: [
      `${CONNECTIONS} devices, each on its own kept connection, one download after the other. Files of up to 8 MB are kept in the gateway's memory while they are asked for. The bare server is
\`node:tls\` with the same certificates and cipher in a process of its own, writing the same 1 MB from memory: no HTTP, no rules, no database.`,
      ...[...small.notes, ...large.notes, ...bare.notes],
    ],
  };
}

async function measureBareTls(bench: FleetBench): Promise<Measured> {
  const bytes = randomBytes(SIZES.small);
  const { sha256 } = await bench.assignSomething(bytes);
  const secrets = path.join(bench.stack.directory, "secrets");
  const ca = await loadOrCreateCa(secrets);
  const { certPem: cert, keyPem: key } = await ca.issueServer(["localhost"], path.join(secrets, "bare-tls"));
  const child = fork(SERVER, [], { execArgv: ["--disable-warning=ExperimentalWarning"] });
  try {
    const port = await openBareTls(child, { cert, key, ca: ca.certificatePem, bytes: bytes.toString("base64") });
    const server = { "bare TLS": child.pid ?? 0 };
    return await withGenerator(bench, port, async (generator) => await fetchAgain(bench, { generator, sha256, server, what: "bare TLS" }));
  } finally {
    child.kill("SIGKILL");
  }
}

async function openBareTls(child: ChildProcess, setup: BareTlsSetup): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once("message", (port: number) => resolve(port));
  child.once("exit", () => reject(new Error("the bare TLS server ended before it listened")));
  child.send(setup);
  return await promise;
}

async function withGenerator<T>(bench: FleetBench, gatewayPort: number, work: (generator: Generator) => Promise<T>): Promise<T> {
  const generator = await bench.startGenerator(CONNECTIONS, 1, { gatewayPort });
  try {
    return await work(generator);
  } finally {
    await generator.stop();
  }
}

interface Fetching {
  readonly generator: Generator;
  readonly sha256: string;
  /** Whose CPU counts. */
  readonly server: Record<string, number>;
  readonly what: string;
}

async function fetchAgain(bench: FleetBench, { generator, sha256, server, what }: Fetching): Promise<Measured> {
  const measured: Measured = { rates: [], costs: [], notes: [] };
  const seconds = Math.min(5, bench.sizes.seconds);
  for (let run = 1; run <= bench.sizes.repetitions; run += 1) {
    bench.say(`artifacts, ${what}, run ${run}`);
    const { result, cpu } = await withCpu({ ...server, ...generator.pids() }, async () => {
      const [fetched] = await generator.ask("fetchFlatOut", { connections: CONNECTIONS, seconds, sha256, cold: false });
      return fetched;
    });
    if (result === undefined || result.wrongDigests > 0) throw new Error("an artifact's digest did not match");
    const gigabytes = result.bytes / 1e9;
    measured.rates.push((gigabytes * 1000) / result.seconds);
    measured.costs.push(Object.keys(server).reduce((sum, name) => sum + (cpu.byProcess[name] ?? 0), 0) / gigabytes);
    measured.notes.push(
      `${what}, run ${run}: ${gigabytes.toFixed(2)} GB in ${result.seconds.toFixed(1)} s. CPU s: ${describeCpuUse(cpu)}.`,
    );
  }
  return measured;
}

function figuresOf(small: Measured, large: Measured, bare: Measured): Figure[] {
  const [rate, cost] = [
    { unit: "MB/s", limit: null },
    { unit: "CPU-s/GB", limit: null },
  ] as const;
  const atLeast = { kind: "at least", value: 500 } as const;
  const atMost = { kind: "at most", value: 1.5 } as const;
  const floor = median(bare.costs);
  return [
    {
      ...{ what: "1 MB artifacts through the gateway, mutual TLS", ...rate, values: small.rates, limit: atLeast },
      peer: { name: "hawkBit, without TLS", value: HAWKBIT.artifactMBps },
    },
    {
      ...{ what: "the server's CPU (all its processes)", ...cost, values: small.costs, limit: atMost },
      peer: { name: "hawkBit with Postgres", value: HAWKBIT.artifactCpuSPerGB },
    },
    { what: "20 MB artifacts, read from their file", ...rate, values: large.rates },
    { what: "the server's CPU for these", ...cost, values: large.costs, limit: atMost },
    { what: "a bare TLS server of Node, 1 MB from memory", ...rate, values: bare.rates },
    { what: "its CPU: the floor", ...cost, values: bare.costs },
    { what: "ours over that floor, 1 MB", unit: "×", values: small.costs.map((value) => value / floor), limit: null },
    { what: "ours over that floor, 20 MB", unit: "×", values: large.costs.map((value) => value / floor), limit: null },
  ];
}

import { randomBytes } from "node:crypto";
import type { Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import { describeCpuUse, withCpu } from "../machine/cpu.ts";
import { HAWKBIT } from "../recorded-peers.ts";

const CONNECTIONS = 4;

/** Whole downloads over mutual TLS on kept connections, the bytes hashed and compared by the devices. */
export async function measureArtifacts(bench: FleetBench): Promise<Section> {
  await bench.seed(CONNECTIONS);
  const generator = await bench.startGenerator(CONNECTIONS, 1);
  const [rates, costs, notes]: [number[], number[], string[]] = [[], [], []];
  try {
    const { sha256 } = await bench.assignSomething(randomBytes(1_000_000));
    await generator.ask("ask", { at: Date.now() });
    for (let run = 1; run <= bench.sizes.repetitions; run += 1) {
      bench.say(`artifacts, run ${run}`);
      const stack = await bench.stack.pids();
      const seconds = Math.min(5, bench.sizes.seconds);
      const { result, cpu } = await withCpu({ ...stack, ...generator.pids() }, async () => {
        const [fetched] = await generator.ask("fetchFlatOut", { connections: CONNECTIONS, seconds, sha256, cold: false });
        return fetched;
      });
      if (result === undefined || result.wrongDigests > 0) throw new Error("an artifact's digest did not match");
      rates.push(result.bytes / result.seconds / 1e6);
      costs.push(Object.keys(stack).reduce((sum, name) => sum + (cpu.byProcess[name] ?? 0), 0) / (result.bytes / 1e9));
      notes.push(`Run ${run}: ${(result.bytes / 1e9).toFixed(2)} GB in ${result.seconds.toFixed(1)} s. CPU s: ${describeCpuUse(cpu)}.`);
    }
  } finally {
    await generator.stop();
  }
  return {
    title: "Artifacts",
    figures: [
      {
        ...{ what: "1 MB artifacts through the gateway, mutual TLS", unit: "MB/s", values: rates, limit: { kind: "at least", value: 500 } },
        peer: { name: "hawkBit, without TLS", value: HAWKBIT.artifactMBps },
      },
      {
        ...{ what: "the server's CPU (all its processes)", unit: "CPU-s/GB", values: costs, limit: { kind: "at most", value: 1.5 } },
        peer: { name: "hawkBit with Postgres", value: HAWKBIT.artifactCpuSPerGB },
      },
    ],
    notes: [`${CONNECTIONS} devices, each on its own kept connection, one download after the other.`, ...notes],
  };
}

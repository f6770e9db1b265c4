import { randomBytes } from "node:crypto";
import type { Figure, Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import type { Generator } from "../generator/generator.ts";
import { describeCpuUse, withCpu } from "../machine/cpu.ts";
import { median } from "../machine/statistics.ts";
import { HAWKBIT } from "../recorded-peers.ts";
import { connectFleet } from "../setup/connect-fleet.ts";
import { type Done, runRollout } from "../setup/run-rollout.ts";
import { seedRelease } from "../setup/seed-release.ts";

const POLL_SECONDS = 30;

/** How soon a large fleet runs what it was told to, without an artifact to fetch. */
export async function measureConvergence(bench: FleetBench): Promise<Section> {
  const count = bench.sizes.devices;
  const groupId = await bench.seed(count);
  const generator = await bench.startGenerator(count, 2);
  const notes: string[] = [];
  // All releases hold the same file, which every device has after the first one.
  const bytes = randomBytes(1024);
  const roll = async (what: string, stages: number, timeoutS: number): Promise<Done> => {
    bench.say(`convergence: ${what}`);
    await generator.ask("ask", { at: Date.now() });
    const { releaseId } = await seedRelease(bench.releases, bytes);
    const pids = { ...(await bench.stack.pids()), ...generator.pids() };
    const { result, cpu } = await withCpu(pids, async () => await runRollout(bench, { releaseId, groupId, stages, count, timeoutS }));
    const left = result.incomplete === null ? "" : ` Only ${result.incomplete} of ${count} were done when the time was over.`;
    notes.push(
      `${what}: p50 ${result.p50S.toFixed(2)} s, p99 ${result.p99S.toFixed(2)} s, last ${result.lastS.toFixed(2)} s.${left} CPU s: ${describeCpuUse(cpu)}.`,
    );
    return result;
  };
  try {
    await connectFleet(bench, generator, count);
    await roll("to bring the file (not counted)", 1, 300);
    const hinted: number[] = [];
    for (let run = 1; run <= bench.sizes.repetitions; run += 1) hinted.push((await roll(`one stage, run ${run}`, 1, 240)).p99S);
    const staged = (await roll("ten stages", 10, 240)).lastS;
    const polled = await rollByPolling(generator, async () => await roll(`one stage, polling every ${POLL_SECONDS} s`, 1, 240));
    return { title: "A fleet without an artifact", figures: figuresOf(count, hinted, staged, polled.p99S), notes: [REUSED, ...notes] };
  } finally {
    await generator.stop();
  }
}

async function rollByPolling(generator: Generator, roll: () => Promise<Done>): Promise<Done> {
  await generator.ask("poll", { everySeconds: POLL_SECONDS, useHints: false });
  const done = await roll();
  await generator.ask("poll", { everySeconds: 0, useHints: true });
  return done;
}

const REUSED = `The release is new to every device, its file is not: the agent does not fetch what a slot holds already. Each device hears the hint, asks for its assignment on its kept HTTPS
connection, and sends two reports by MQTT. p99: from the start until 99 % of the ACTIVE reports can be read in Postgres.`;

function figuresOf(count: number, hinted: number[], staged: number, polled: number): Figure[] {
  const devices = `${count.toLocaleString("en")} devices`;
  return [
    { what: `${devices}, one stage: p99 until ACTIVE is in Postgres`, unit: "s", values: hinted, limit: { kind: "at most", value: 3 } },
    { what: `the same devices polling every ${POLL_SECONDS} s: p99`, unit: "s", values: [polled], limit: null },
    { what: "hinted sooner than polled by", unit: "×", values: [polled / median(hinted)], limit: { kind: "at least", value: 10 } },
    {
      ...{ what: `${devices}, ten stages: start → last`, unit: "s", values: [staged], limit: { kind: "at most", value: 15 } },
      peer: { name: "hawkBit", value: HAWKBIT.tenStagesS, text: "13 min, calculated" },
    },
  ];
}

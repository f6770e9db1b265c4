import { randomBytes } from "node:crypto";
import type { Figure, Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import { describeCpuUse, withCpu } from "../machine/cpu.ts";
import { GOOSEBIT, HAWKBIT } from "../recorded-peers.ts";
import { connectFleet } from "../setup/connect-fleet.ts";
import { runRollout } from "../setup/run-rollout.ts";
import { seedRelease } from "../setup/seed-release.ts";

const ARTIFACT_BYTES = 1_000_000;

/** The exercise that hawkBit and goosebit were measured with. */
export async function measureExercise(bench: FleetBench): Promise<Section> {
  const count = bench.sizes.exercise;
  const groupId = await bench.seed(count);
  const generator = await bench.startGenerator(count, 1);
  const [values, notes]: [number[], string[]] = [[], []];
  try {
    await connectFleet(bench, generator, count);
    for (let run = 1; run <= bench.sizes.repetitions; run += 1) {
      bench.say(`exercise, run ${run}`);
      const { releaseId } = await seedRelease(bench.releases, randomBytes(ARTIFACT_BYTES));
      const pids = { ...(await bench.stack.pids()), ...generator.pids() };
      const { result, cpu } = await withCpu(
        pids,
        async () => await runRollout(bench, { releaseId, groupId, stages: 4, count, timeoutS: 180 }),
      );
      values.push(result.lastS);
      const [counts] = await generator.ask("counts", undefined);
      if (counts === undefined || counts.wrongDigests > 0) throw new Error("an artifact's digest did not match");
      notes.push(
        `Run ${run}: half of the devices after ${result.p50S.toFixed(1)} s; ${counts.downloads} downloads so far. CPU s: ${describeCpuUse(cpu)}.`,
      );
    }
  } finally {
    await generator.stop();
  }
  return { title: `The peers' own exercise`, figures: figuresOf(values, count), notes: [REUSED, ...notes] };
}

const REUSED = `Four equal stages at 100 %, an artifact of 1 MB that each device fetches and hashes, two reports a device. From "start" until the last ACTIVE report can be read in Postgres.
Devices were connected before: one MQTT session and one kept HTTPS connection each, both by their own certificate. Their disks and inference hosts are simulated.`;

function figuresOf(values: number[], count: number): Figure[] {
  const what = `${count.toLocaleString("en")} devices, 4 stages, 1 MB: start → last`;
  return [
    { what, unit: "s", values, limit: { kind: "at most", value: 6 }, peer: { name: "hawkBit, flat out", value: HAWKBIT.exerciseS } },
    { what: "the same", unit: "s", values, limit: null, peer: { name: "hawkBit, polling every 30 s", value: HAWKBIT.exercisePollingS } },
    { what: "the same", unit: "s", values, limit: null, peer: { name: "goosebit, without stages", value: GOOSEBIT.exerciseS } },
  ];
}

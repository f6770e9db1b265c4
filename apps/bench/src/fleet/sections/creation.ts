import type { StageSpec } from "@flotilla/contracts";
import { changeRollout, createRollout } from "@flotilla/services";
import type { Figure, Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import { median } from "../machine/statistics.ts";
import { HAWKBIT } from "../recorded-peers.ts";
import { connectFleet } from "../setup/connect-fleet.ts";
import { seedDevices, unconnectedDevices } from "../setup/seed-devices.ts";
import { seedRelease } from "../setup/seed-release.ts";

const WAVE = 5_000;
/** Each device reports so often while the second half is measured. */
const REPORT_EVERY_S = 5;

/** How long a person waits for a rollout over many devices, and whether devices that report make it longer. */
export async function measureCreation(bench: FleetBench): Promise<Section> {
  const { devices, many } = bench.sizes;
  const small = await bench.seed(devices);
  const large = await seedDevices(bench.db, bench.actor.organisationId, unconnectedDevices(many), { group: "many", from: devices });
  const generator = await bench.startGenerator(devices, 1);
  try {
    await connectFleet(bench, generator, devices);
    const quiet = await measureAll(bench, small, large);
    bench.say("creation, while all devices report");
    const seconds = Math.max(20, 20 * bench.sizes.repetitions);
    const reporting = generator.ask("report", { perSecond: Math.round(devices / REPORT_EVERY_S), seconds, probes: 0 });
    const loaded = await measureAll(bench, small, large);
    await generator.stop();
    await reporting.catch(() => undefined);
    return { title: "Creation of rollouts", figures: figuresOf(bench, quiet, loaded), notes: [NOTE] };
  } finally {
    await generator.stop();
  }
}

interface Times {
  readonly small: number[];
  readonly large: number[];
  readonly wave: number[];
}

async function measureAll(bench: FleetBench, small: string, large: string): Promise<Times> {
  const times: Times = { small: [], large: [], wave: [] };
  for (let run = 1; run <= bench.sizes.repetitions; run += 1) {
    bench.say(`creation, run ${run}`);
    const first = await createOne(bench, small);
    times.small.push(first.createS);
    times.wave.push(first.waveMs);
    times.large.push((await createOne(bench, large)).createS);
  }
  return times;
}

/** Creates and starts a rollout whose first stage is one device, then releases a wave; withdraws it afterwards, unmeasured. */
async function createOne(bench: FleetBench, groupId: string): Promise<{ createS: number; waveMs: number }> {
  const { ctx, actor } = bench;
  const { releaseId } = await seedRelease(bench.releases, Buffer.from(`creation ${Math.random()}`));
  const gates = { failureRateMax: null, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null };
  const stages = [
    stage("one", 1),
    stage("wave", 1 + WAVE),
    { ...stage("all", 1), target: { kind: "percent", percent: 100 } } satisfies StageSpec,
  ];
  const began = performance.now();
  const { id } = await createRollout(ctx, actor, { name: "bench", releaseId, groupId, stages, gates, start: true });
  const createS = (performance.now() - began) / 1000;
  const promoted = performance.now();
  await changeRollout(ctx, actor, { id, action: { kind: "promote" } });
  const waveMs = performance.now() - promoted;
  await changeRollout(ctx, actor, { id, action: { kind: "cancel", mode: "keep" } });
  return { createS, waveMs };
}

function stage(name: string, count: number): StageSpec {
  return { name, target: { kind: "count", count }, soakSeconds: 0, deadlineSeconds: 3600, manual: true };
}

const NOTE = `Created and started in one call, as the dashboard's server does it: every device is chosen, put into its stage and given its variant, and the first device is assigned. The wave is the next stage, promoted
by hand: assignments, rows and hints of its devices. Second half: each device reports every ${REPORT_EVERY_S} s meanwhile.`;

function figuresOf({ sizes }: FleetBench, quiet: Times, loaded: Times): Figure[] {
  const [few, many] = [sizes.devices.toLocaleString("en"), sizes.many.toLocaleString("en")];
  const slower = Math.max(...(["small", "large", "wave"] as const).map((key) => median(loaded[key]) / median(quiet[key])));
  const wave = `a wave of ${Math.min(WAVE, sizes.devices - 1).toLocaleString("en")} released`;
  return [
    {
      ...{ what: `rollout over ${few}: created and started`, unit: "s", values: quiet.small, limit: { kind: "at most", value: 0.5 } },
      peer: { name: "hawkBit, until READY", value: HAWKBIT.creation10kS },
    },
    { what: `rollout over ${many}: created and started`, unit: "s", values: quiet.large, limit: { kind: "at most", value: 5 } },
    { what: wave, unit: "ms", values: quiet.wave, limit: { kind: "at most", value: 250 } },
    { what: `rollout over ${few}, while all report`, unit: "s", values: loaded.small, limit: null },
    { what: `rollout over ${many}, while ${few} report`, unit: "s", values: loaded.large, limit: null },
    { what: `${wave}, while all report`, unit: "ms", values: loaded.wave, limit: null },
    {
      ...{ what: "slowest of these while all report, over quiet", unit: "×", values: [slower], limit: { kind: "at most", value: 1.5 } },
      peer: { name: "hawkBit, start", value: HAWKBIT.startSlowdown },
    },
  ];
}

import { FlotillaError, type ProbeResult, type ReleaseManifest } from "@flotilla/contracts";
import { quantile } from "./host/measure.ts";
import type { Host } from "./host-process.ts";
import { goldenAnswerSchema, memoryAnswerSchema, timeAnswerSchema } from "./ipc.ts";

const GOLDEN_CHUNK = 8;
const WARM_UP_RUNS = 5;
const TIMED_RUNS = 60;
/** A busy device makes single measurements too slow, never too fast: the fastest of three rounds is judged. */
const MAX_ROUNDS = 3;

/** A host with the release that it runs. */
export type ProbedHost = { host: Host; manifest: ReleaseManifest };

/**
 * Measures a candidate on this device: the golden set through the real runtime, latency run by run in turns with the release that
 * serves, and the peak memory of the process.
 *
 * @param tooSlow says whether the latency measured so far would fail a gate: then another round is measured
 */
export async function probeHost(
  candidate: ProbedHost,
  baseline: ProbedHost | null,
  signal: AbortSignal,
  tooSlow: (p95: number, baselineP95: number | null) => boolean,
): Promise<ProbeResult> {
  const { golden } = candidate.manifest;
  let agreed = 0;
  for (let from = 0; from < golden.count; from += GOLDEN_CHUNK) {
    signal.throwIfAborted();
    const answer = await candidate.host.ask({ kind: "golden", from, to: Math.min(golden.count, from + GOLDEN_CHUNK) }, goldenAnswerSchema);
    agreed += answer.agreed;
  }
  let best = await timeRound(candidate, baseline, signal);
  for (let round = 1; round < MAX_ROUNDS && tooSlow(best.p95, best.baselineP95); round += 1) {
    const again = await timeRound(candidate, baseline, signal);
    if (ratioOf(again) < ratioOf(best)) best = again;
  }
  const memory = await candidate.host.ask({ kind: "memory" }, memoryAnswerSchema);
  // The one that serves may crash while it is compared with: that is its own matter, and no fault of the candidate.
  const baselineMemory = await baseline?.host.ask({ kind: "memory" }, memoryAnswerSchema).catch(() => null);
  return {
    goldenCount: golden.count,
    goldenAgreement: golden.count === 0 ? null : agreed / golden.count,
    latencyP50Ms: best.p50,
    latencyP95Ms: best.p95,
    baselineP95Ms: best.baselineP95,
    memoryBytes: memory.peakBytes,
    baselineMemoryBytes: baselineMemory?.peakBytes ?? null,
  };
}

type Round = { p50: number; p95: number; baselineP95: number | null };

function ratioOf(round: Round): number {
  return round.baselineP95 === null ? round.p95 : round.p95 / round.baselineP95;
}

async function timeRound(candidate: ProbedHost, baseline: ProbedHost | null, signal: AbortSignal): Promise<Round> {
  const own: number[] = [];
  const other: number[] = [];
  let comparable = baseline;
  await timeOne(candidate, candidate, 0, WARM_UP_RUNS);
  if (comparable !== null)
    comparable = await timeOne(comparable, inputsFor(comparable, candidate), 0, WARM_UP_RUNS).then(
      () => baseline,
      () => null,
    );
  for (let run = 0; run < TIMED_RUNS; run += 1) {
    signal.throwIfAborted();
    own.push(...(await timeOne(candidate, candidate, run, 1)));
    if (comparable === null) continue;
    const source = inputsFor(comparable, candidate);
    const timed = await timeOne(comparable, source, run, 1).catch(() => null);
    if (timed === null) comparable = null;
    else other.push(...timed);
  }
  const p95 = quantile(own, 0.95);
  const p50 = quantile(own, 0.5);
  if (p95 === null || p50 === null) throw new FlotillaError("INTERNAL", "The probe measured no latency.");
  return { p50, p95, baselineP95: comparable === null ? null : quantile(other, 0.95) };
}

/** The same golden inputs for both, where both take the same inputs. */
function inputsFor(baseline: ProbedHost, candidate: ProbedHost): ProbedHost {
  const key = (manifest: ReleaseManifest): string =>
    JSON.stringify(manifest.inputs.map(({ name, type, shape }) => [name, type, shape.slice(1)]));
  return key(baseline.manifest) === key(candidate.manifest) ? candidate : baseline;
}

async function timeOne(timed: ProbedHost, source: ProbedHost, run: number, runs: number): Promise<number[]> {
  const { golden } = source.manifest;
  const answer = await timed.host.ask(
    {
      kind: "time",
      directory: source.host.directory,
      files: golden.inputs.map((file) => file.name),
      sample: run % Math.max(1, golden.count),
      runs,
    },
    timeAnswerSchema,
  );
  return answer.latenciesMs;
}

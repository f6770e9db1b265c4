import type { GateReading, ProbeResult, RolloutGateName, RolloutGates } from "@flotilla/contracts";
import { hasOutcome, isFailed } from "../rollouts/device-states.ts";
import type { RolloutDeviceSnapshot } from "../rollouts/snapshot.ts";
import { median, medianInterval } from "./median.ts";
import { wilsonInterval } from "./wilson.ts";

type Judged = Pick<RolloutDeviceSnapshot, "state" | "probe">;

/**
 * Reads every gate. `devices` are those that the current stage is judged on: the ones with an outcome, and the ones that may still
 * have one. A stage smaller than the minimum sample is judged on all of its devices.
 */
export function judgeGates(gates: RolloutGates, devices: readonly Judged[]): GateReading[] {
  return [
    judgeFailureRate(gates, devices),
    judgeGoldenAgreement(gates, devices),
    judgeRatio("latency-p95", gates.latencyP95MaxRatio, gates.minimumSample, devices, latencyRatio),
    judgeRatio("memory", gates.memoryMaxRatio, gates.minimumSample, devices, memoryRatio),
  ];
}

function judgeFailureRate({ failureRateMax: limit, minimumSample }: RolloutGates, devices: readonly Judged[]): GateReading {
  const sampleCount = devices.filter(({ state }) => hasOutcome(state)).length;
  const failedCount = devices.filter(({ state }) => isFailed(state)).length;
  const neededCount = Math.min(minimumSample, devices.length);
  const interval = wilsonInterval(failedCount, sampleCount);
  const base = {
    gate: "failure-rate" as const,
    value: sampleCount === 0 ? null : failedCount / sampleCount,
    interval: sampleCount === 0 ? null : interval,
    limit,
    sampleCount,
    neededCount,
  };
  if (limit === null) return { ...base, verdict: "off" };
  if (devices.length <= minimumSample) {
    // All of the stage, not a sample of it: too many failures are too many whatever the others do.
    if (failedCount > limit * devices.length) return { ...base, verdict: "fails" };
    return { ...base, verdict: sampleCount < neededCount ? "waiting" : "holds" };
  }
  if (sampleCount < neededCount) return { ...base, verdict: "waiting" };
  return { ...base, verdict: interval[0] > limit ? "fails" : "holds" };
}

/** Agreement pooled over the golden inputs of all probed devices. */
function judgeGoldenAgreement({ goldenAgreementMin: limit, minimumSample }: RolloutGates, devices: readonly Judged[]): GateReading {
  let agreed = 0;
  let replayed = 0;
  let measured = 0;
  for (const { probe } of devices) {
    if (probe === null || probe.goldenAgreement === null) continue;
    agreed += probe.goldenAgreement * probe.goldenCount;
    replayed += probe.goldenCount;
    measured += 1;
  }
  const value = replayed === 0 ? null : agreed / replayed;
  const reading = base("golden-agreement", limit, minimumSample, devices, measured, value);
  // Rounding of agreed / replayed must not fail a share that equals its limit.
  const fails = value !== null && limit !== null && value < limit - 1e-9;
  return { ...reading, interval: replayed === 0 ? null : wilsonInterval(agreed, replayed), verdict: verdictOf(reading, fails) };
}

/** Median over devices of a ratio against the release that ran before, measured side by side on each. */
function judgeRatio(
  gate: RolloutGateName,
  limit: number | null,
  minimumSample: number,
  devices: readonly Judged[],
  ratioOf: (probe: ProbeResult) => number | null,
): GateReading {
  const ratios = devices.map(({ probe }) => (probe === null ? null : ratioOf(probe))).filter((ratio) => ratio !== null);
  const value = median(ratios);
  const reading = base(gate, limit, minimumSample, devices, ratios.length, value);
  return { ...reading, interval: medianInterval(ratios), verdict: verdictOf(reading, value !== null && limit !== null && value > limit) };
}

function base(
  gate: RolloutGateName,
  limit: number | null,
  minimumSample: number,
  devices: readonly Judged[],
  sampleCount: number,
  value: number | null,
) {
  const mayStillMeasure = devices.filter(({ state }) => !hasOutcome(state)).length;
  // A device without a baseline or a golden set never gives a value: it must not be waited for.
  return { gate, value, limit, sampleCount, neededCount: Math.min(minimumSample, sampleCount + mayStillMeasure) };
}

function verdictOf(reading: { limit: number | null; sampleCount: number; neededCount: number }, fails: boolean): GateReading["verdict"] {
  if (reading.limit === null) return "off";
  if (reading.sampleCount < reading.neededCount) return "waiting";
  return fails ? "fails" : "holds";
}

/** p95 against the release that runs beside it; null on a first installation. */
function latencyRatio(probe: ProbeResult): number | null {
  return probe.baselineP95Ms === null || probe.baselineP95Ms <= 0 ? null : probe.latencyP95Ms / probe.baselineP95Ms;
}

/** Memory against the release that runs beside it; null on a first installation. */
function memoryRatio(probe: ProbeResult): number | null {
  return probe.baselineMemoryBytes === null || probe.baselineMemoryBytes <= 0 ? null : probe.memoryBytes / probe.baselineMemoryBytes;
}

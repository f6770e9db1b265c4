import type { GateReading, RolloutGateName, RolloutGates } from "@flotilla/contracts";
import { hasOutcome, isFailed } from "../rollouts/device-states.ts";
import type { Cohort, CohortMeasures } from "../rollouts/snapshot.ts";
import { median, medianInterval } from "./median.ts";
import { wilsonInterval } from "./wilson.ts";

type Judged = CohortMeasures & Pick<Cohort, "state" | "count">;

const sum = (cohorts: readonly Judged[], of: (cohort: Judged) => number): number => cohorts.reduce((total, one) => total + of(one), 0);

/**
 * Reads every gate. `cohorts` are the devices that the current stage is judged on: the ones with an outcome, and the ones that may still
 * have one. A stage smaller than the minimum sample is judged on all of its devices.
 */
export function judgeGates(gates: RolloutGates, cohorts: readonly Judged[]): GateReading[] {
  return [
    judgeFailureRate(gates, cohorts),
    judgeGoldenAgreement(gates, cohorts),
    judgeRatio("latency-p95", gates.latencyP95MaxRatio, gates.minimumSample, cohorts, "latencyRatios"),
    judgeRatio("memory", gates.memoryMaxRatio, gates.minimumSample, cohorts, "memoryRatios"),
  ];
}

function judgeFailureRate({ failureRateMax: limit, minimumSample }: RolloutGates, cohorts: readonly Judged[]): GateReading {
  const deviceCount = sum(cohorts, ({ count }) => count);
  const sampleCount = sum(cohorts, ({ state, count }) => (hasOutcome(state) ? count : 0));
  const failedCount = sum(cohorts, ({ state, count }) => (isFailed(state) ? count : 0));
  const neededCount = Math.min(minimumSample, deviceCount);
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
  if (deviceCount <= minimumSample) {
    // All of the stage, not a sample of it: too many failures are too many whatever the others do.
    if (failedCount > limit * deviceCount) return { ...base, verdict: "fails" };
    return { ...base, verdict: sampleCount < neededCount ? "waiting" : "holds" };
  }
  if (sampleCount < neededCount) return { ...base, verdict: "waiting" };
  return { ...base, verdict: interval[0] > limit ? "fails" : "holds" };
}

/** Agreement pooled over the golden inputs of all probed devices. */
function judgeGoldenAgreement({ goldenAgreementMin: limit, minimumSample }: RolloutGates, cohorts: readonly Judged[]): GateReading {
  // Rounded: the order in which shares are added up must not be seen as news.
  const agreed = Math.round(sum(cohorts, ({ goldenAgreed }) => goldenAgreed) * 1e6) / 1e6;
  const replayed = sum(cohorts, ({ goldenReplayed }) => goldenReplayed);
  const measured = sum(cohorts, ({ goldenDevices }) => goldenDevices);
  const value = replayed === 0 ? null : agreed / replayed;
  const reading = base("golden-agreement", limit, minimumSample, cohorts, measured, value);
  // Rounding of agreed / replayed must not fail a share that equals its limit.
  const fails = value !== null && limit !== null && value < limit - 1e-9;
  return { ...reading, interval: replayed === 0 ? null : wilsonInterval(agreed, replayed), verdict: verdictOf(reading, fails) };
}

/** Median over devices of a ratio against the release that ran before, measured side by side on each. */
function judgeRatio(
  gate: RolloutGateName,
  limit: number | null,
  minimumSample: number,
  cohorts: readonly Judged[],
  measure: "latencyRatios" | "memoryRatios",
): GateReading {
  const ratios = cohorts.flatMap((cohort) => cohort[measure]);
  const value = median(ratios);
  const reading = base(gate, limit, minimumSample, cohorts, ratios.length, value);
  return { ...reading, interval: medianInterval(ratios), verdict: verdictOf(reading, value !== null && limit !== null && value > limit) };
}

function base(
  gate: RolloutGateName,
  limit: number | null,
  minimumSample: number,
  cohorts: readonly Judged[],
  sampleCount: number,
  value: number | null,
) {
  const mayStillMeasure = sum(cohorts, ({ state, count }) => (hasOutcome(state) ? 0 : count));
  // A device without a baseline or a golden set never gives a value: it must not be waited for.
  return { gate, value, limit, sampleCount, neededCount: Math.min(minimumSample, sampleCount + mayStillMeasure) };
}

function verdictOf(reading: { limit: number | null; sampleCount: number; neededCount: number }, fails: boolean): GateReading["verdict"] {
  if (reading.limit === null) return "off";
  if (reading.sampleCount < reading.neededCount) return "waiting";
  return fails ? "fails" : "holds";
}

import type { ErrorCode, GateReading, RolloutDeviceState } from "@flotilla/contracts";
import { counted, digits, formatPercent, formatSeconds } from "../text/format.ts";
import type { DecisionDraft } from "./snapshot.ts";

/** Every kind of decision, so that each language can be checked to have a sentence for it. */
export const decisionKinds = [
  "created",
  "approval-requested",
  "approved",
  "rejected",
  "approval-void",
  "scheduled",
  "rescheduled",
  "back-to-draft",
  "started-late",
  "start-refused",
  "joined",
  "started",
  "stage-started",
  "stage-soaking",
  "stage-passed",
  "awaiting-promotion",
  "awaiting-window",
  "unproven",
  "timed-out",
  "device-failed",
  "device-refused",
  "devices-refused",
  "halted-device",
  "halted-failure-rate",
  "halted-golden-agreement",
  "halted-latency-p95",
  "halted-memory",
  "halted-by-hand",
  "halted-invalidated",
  "release-invalidated",
  "cannot-go-back",
  "paused",
  "resumed",
  "resumed-after-halt",
  "promoted",
  "retried",
  "retried-by-itself",
  "cancelled",
  "superseded",
  "reverting",
  "revert-halted",
  "reverted",
  "completed",
] as const;
export type DecisionKind = (typeof decisionKinds)[number];

export function decide(
  kind: DecisionKind,
  message: string,
  params: DecisionDraft["params"],
  deviceId: string | null = null,
): DecisionDraft {
  return { kind, message, params, deviceId };
}

/** Counts of a stage or a rollout, for sentences. */
export interface Tally {
  readonly succeeded: number;
  readonly failed: number;
  readonly refused: number;
  readonly unreached: number;
  readonly current: number;
}

/** "3 devices run it, 1 failed": only what is not 0. */
export function sayTally(tally: Tally): string {
  const parts = [`${counted(tally.succeeded + tally.current, "device")} ${tally.succeeded + tally.current === 1 ? "runs" : "run"} it`];
  if (tally.failed > 0) parts.push(`${tally.failed} failed`);
  if (tally.refused > 0) parts.push(`${tally.refused} refused`);
  if (tally.unreached > 0) parts.push(`${tally.unreached} not reached`);
  return parts.join(", ");
}

const VERBS: Partial<Record<RolloutDeviceState, string>> = {
  ROLLED_BACK: "rolled back",
  REFUSED: "refused the release",
  FAILED: "failed",
  TIMED_OUT: "did not finish in time",
};

interface FailedDevice {
  readonly deviceId: string;
  readonly name: string;
  readonly state: RolloutDeviceState;
  readonly reason: { readonly code: ErrorCode; readonly message: string } | null;
}

/** "cam-2 rolled back: p95 latency 12.1 ms is 2.4 times …" */
export function sayFailure(device: FailedDevice): string {
  const what = `${device.name} ${VERBS[device.state] ?? "failed"}`;
  return device.reason === null ? `${what}.` : `${what}: ${endSentence(device.reason.message)}`;
}

/** Agents end their reasons with a full stop or without one. */
const endSentence = (text: string): string => text.replace(/\.?\s*$/, ".");

const failureParams = (device: FailedDevice): DecisionDraft["params"] => ({
  device: device.name,
  state: device.state,
  code: device.reason?.code ?? null,
  reason: device.reason?.message ?? null,
});

/** Written when a device's failure or refusal is recorded, whatever the gates make of it. */
export function decideDeviceFailed(device: FailedDevice): DecisionDraft {
  const message = sayFailure(device);
  return decide(device.state === "REFUSED" ? "device-refused" : "device-failed", message, failureParams(device), device.deviceId);
}

/** Many devices that no variant fits, besides those that were named. */
export function decideDevicesRefused(
  devices: number,
  reason: { readonly code: ErrorCode; readonly message: string } | null,
): DecisionDraft {
  const why = reason === null ? "." : `, as was said of another: ${endSentence(reason.message)}`;
  return decide("devices-refused", `${counted(devices, "further device")} cannot take the release${why}`, {
    devices,
    code: reason?.code ?? null,
    reason: reason?.message ?? null,
  });
}

/** Failed devices: how many, and the one that tells most. */
export interface Failures {
  readonly count: number;
  readonly first: FailedDevice | null;
}

/** Why a rollout stops, from the gate that failed and the devices that made it fail. */
export function decideHalt(reading: GateReading, { count, first }: Failures, withdrawn: number): DecisionDraft {
  const { value, limit, interval, sampleCount } = reading;
  const base = { value, limit, low: interval?.[0] ?? null, high: interval?.[1] ?? null, sample: sampleCount, withdrawn };
  switch (reading.gate) {
    case "failure-rate": {
      if (first !== null && count === 1) {
        return decide("halted-device", `Halted: ${sayFailure(first)}`, { ...failureParams(first), withdrawn }, first.deviceId);
      }
      const reason = first?.reason?.message ?? null;
      const range = interval === null ? "" : `, 95 % interval ${formatPercent(interval[0])} to ${formatPercent(interval[1])}`;
      const most = reason === null ? "" : ` Most often: ${endSentence(reason)}`;
      return decide(
        "halted-failure-rate",
        `Halted: ${count} of ${counted(sampleCount, "device")} failed (${formatPercent(value ?? 1)}${range}), limit ${formatPercent(limit ?? 0)}.${most}`,
        { ...base, failed: count, code: first?.reason?.code ?? null, reason },
      );
    }
    case "golden-agreement":
      return decide(
        "halted-golden-agreement",
        `Halted: golden-set agreement is ${formatPercent(value ?? 0)} on ${counted(sampleCount, "device")}, at least ${formatPercent(limit ?? 0)} is asked for.`,
        base,
      );
    case "latency-p95":
      return decide(
        "halted-latency-p95",
        `Halted: p95 latency is ${digits(value ?? 0)} times the running release's on ${counted(sampleCount, "device")}, limit ${digits(limit ?? 0)} times.`,
        base,
      );
    case "memory":
      return decide(
        "halted-memory",
        `Halted: memory is ${digits(value ?? 0)} times the running release's on ${counted(sampleCount, "device")}, limit ${digits(limit ?? 0)} times.`,
        base,
      );
    default:
      return reading.gate satisfies never;
  }
}

export function decideStageSoaking(stage: string, soakSeconds: number, tally: Tally): DecisionDraft {
  return decide("stage-soaking", `Stage “${stage}” soaks for ${formatSeconds(soakSeconds)}: ${sayTally(tally)}.`, {
    stage,
    seconds: soakSeconds,
    ...tally,
  });
}

export function decideStagePassed(stage: string, tally: Tally): DecisionDraft {
  return decide("stage-passed", `Stage “${stage}” passed: ${sayTally(tally)}.`, { stage, ...tally });
}

/** A stage holds, but does not go on by itself. */
export function decideWaiting(stage: string, unproven: boolean, tally: Tally): DecisionDraft {
  return unproven
    ? decide(
        "unproven",
        `No device of stage “${stage}” has proved the release: ${sayTally(tally)}. Promote to go on without proof, retry, or revert.`,
        { stage, ...tally },
      )
    : decide("awaiting-promotion", `Stage “${stage}” holds: ${sayTally(tally)}. A person must promote it.`, { stage, ...tally });
}

/** Nobody whose turn it is may begin now. */
export function decideAwaitingWindow(stage: string, devices: number, opensAt: Date | null): DecisionDraft {
  const opens =
    opensAt === null ? "no window of theirs ever opens" : `the first opens at ${opensAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const message = `Stage “${stage}”: ${counted(devices, "device")} ${devices === 1 ? "waits" : "wait"} for a maintenance window; ${opens}.`;
  return decide("awaiting-window", message, { stage, devices, opensAt: opensAt?.toISOString() ?? null });
}

/** Devices that came into the group while the rollout ran. */
export function decideJoined(stage: string, devices: number): DecisionDraft {
  const who = devices === 1 ? "1 new device of the group joins" : `${devices} new devices of the group join`;
  return decide("joined", `${who} stage “${stage}”.`, { stage, devices });
}

export function decideRetried(devices: number, byItself: boolean): DecisionDraft {
  const message = `Trying ${counted(devices, "device")} again${byItself ? " after a failure" : ""}.`;
  return decide(byItself ? "retried-by-itself" : "retried", message, { devices });
}

/** Newer rollouts have all of its devices. */
export function decideSuperseded(devices: number): DecisionDraft {
  const whose = devices === 1 ? "its device" : `all of its ${devices} devices`;
  return decide("superseded", `Ended: newer rollouts took over ${whose}, so nothing is left to do here.`, { devices });
}

export function decideCompleted(tally: Tally): DecisionDraft {
  const late = tally.unreached > 0 ? " Those not reached catch up by themselves when they return." : "";
  return decide("completed", `Completed: ${sayTally(tally)}.${late}`, { ...tally });
}

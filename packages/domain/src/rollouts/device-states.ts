import type { RolloutDeviceState } from "@flotilla/contracts";

/** Has the assignment and works on it. */
export const IN_FLIGHT_STATES = [
  "ASSIGNED",
  "DOWNLOADING",
  "VERIFYING",
  "ACTIVATING",
  "PROBING",
] as const satisfies readonly RolloutDeviceState[];

/** What the failure-rate gate counts. A refusal is counted apart: the device never ran the release. */
export const FAILED_STATES = ["ROLLED_BACK", "FAILED", "TIMED_OUT"] as const satisfies readonly RolloutDeviceState[];

/** What "retry" takes up again. */
export const RETRYABLE_STATES = [...FAILED_STATES, "REFUSED"] as const satisfies readonly RolloutDeviceState[];

/** Assigned, but not yet seen to act: it can still be taken back without interrupting anything. */
export const WITHDRAWABLE_STATES = ["ASSIGNED", "UNREACHED"] as const satisfies readonly RolloutDeviceState[];

/** Takes no further part in the rollout's judgement: never ran it, or another rollout has the device now. */
export const APART_STATES = [
  "REFUSED",
  "SUPERSEDED",
  "CANCELLED",
  "ALREADY_CURRENT",
  "REVERTED",
] as const satisfies readonly RolloutDeviceState[];

/** Will have an outcome, or could still: what a stage waits for. */
export const OPEN_STATES = ["QUEUED", "UNREACHED", ...IN_FLIGHT_STATES] as const satisfies readonly RolloutDeviceState[];

/** Succeeded or failed: what the failure rate is a share of. */
export const OUTCOME_STATES = ["SUCCEEDED", ...FAILED_STATES] as const satisfies readonly RolloutDeviceState[];

/** What a stage that passes accepts: every outcome, and what is still under way. */
export const SETTLEABLE_STATES = ["UNREACHED", ...IN_FLIGHT_STATES, ...OUTCOME_STATES] as const satisfies readonly RolloutDeviceState[];

const set = (states: readonly RolloutDeviceState[]): ReadonlySet<RolloutDeviceState> => new Set(states);
const inFlight = set(IN_FLIGHT_STATES);
const failed = set(FAILED_STATES);
const retryable = set(RETRYABLE_STATES);
const withdrawable = set(WITHDRAWABLE_STATES);
const apart = set(APART_STATES);
const open = set(OPEN_STATES);
const outcome = set(OUTCOME_STATES);

export const isInFlight = (state: RolloutDeviceState): boolean => inFlight.has(state);
export const isFailed = (state: RolloutDeviceState): boolean => failed.has(state);
export const isRetryable = (state: RolloutDeviceState): boolean => retryable.has(state);
export const isWithdrawable = (state: RolloutDeviceState): boolean => withdrawable.has(state);
export const isApart = (state: RolloutDeviceState): boolean => apart.has(state);

export const isOpen = (state: RolloutDeviceState): boolean => open.has(state);
/** An accepted row is not accepted any more once it has another outcome, or waits for another assignment. */
export const staysSettled = (settled: boolean, to: RolloutDeviceState): boolean => settled && to !== "QUEUED" && !hasOutcome(to);
export const hasOutcome = (state: RolloutDeviceState): boolean => outcome.has(state);

import { FlotillaError, type RolloutState } from "@flotilla/contracts";
import { counted } from "../text/format.ts";
import { decideHaltedInvalidated } from "./decide-beginning.ts";
import { decide, decideRetried } from "./decisions.ts";
import { FAILED_STATES, IN_FLIGHT_STATES, isFailed, isWithdrawable, OUTCOME_STATES, RETRYABLE_STATES } from "./device-states.ts";
import {
  act,
  beginStep,
  countWhere,
  currentStage,
  deviceCount,
  type Draft,
  finishStep,
  later,
  record,
  setStage,
  settle,
  upTo,
} from "./edit-snapshot.ts";
import { selects } from "./form-cohorts.ts";
import type { RolloutSnapshot, RolloutStep, Selector } from "./snapshot.ts";
import { ALL, CAN_GO_BACK } from "./step-reverting.ts";
import { NOT_BEGUN, stopStage } from "./step-rollout.ts";

export type RolloutAction =
  | { readonly kind: "start" }
  | { readonly kind: "pause" | "resume" | "promote" | "revert" | "retry" }
  /** `invalidated`: because its release was marked as bad, and not by a person who looked at this rollout. */
  | { readonly kind: "halt"; readonly invalidated?: { readonly release: string; readonly reason: string } }
  | { readonly kind: "cancel"; readonly mode: "keep" | "revert" };

type ActionKind = RolloutAction["kind"];

/** In which states a person may do what. `retry` and `promote` ask for more: see `allowedActions`. */
const ALLOWED: Readonly<Record<ActionKind, readonly RolloutState[]>> = {
  start: ["DRAFT", "AWAITING_APPROVAL", "SCHEDULED"],
  pause: ["RUNNING"],
  resume: ["PAUSED", "HALTED"],
  promote: ["RUNNING"],
  halt: ["RUNNING", "PAUSED"],
  cancel: ["DRAFT", "AWAITING_APPROVAL", "SCHEDULED", "RUNNING", "PAUSED", "HALTED"],
  revert: ["RUNNING", "PAUSED", "HALTED", "COMPLETED", "CANCELLED"],
  retry: ["RUNNING", "PAUSED", "HALTED", "COMPLETED"],
};

const PERFORM: Readonly<Record<ActionKind, (draft: Draft, action: RolloutAction) => void>> = {
  start,
  pause,
  resume,
  promote,
  halt,
  cancel,
  revert: sendBack,
  retry,
};

/**
 * What a person's action makes of a rollout. The snapshot holds all of its devices. The caller looks and steps at once afterwards,
 * so that a start assigns and a revert ends where nothing is to be waited for.
 * @throws FlotillaError INVALID_TRANSITION with what is possible instead
 */
export function actOnRollout(snapshot: RolloutSnapshot, action: RolloutAction, now: Date): RolloutStep {
  const offered = offeredActions(snapshot);
  if (!allowedActions(snapshot)[action.kind]) {
    const possible = offered.length === 0 ? "nothing" : offered.join(", ");
    throw new FlotillaError(
      "INVALID_TRANSITION",
      `This rollout is ${snapshot.state.toLowerCase()}: it cannot ${action.kind}. Possible now: ${possible}.`,
    );
  }
  const draft = beginStep(snapshot, now);
  PERFORM[action.kind](draft, action);
  return finishStep(draft);
}

/** Which buttons do something now. */
export function allowedActions(snapshot: RolloutSnapshot): Record<ActionKind, boolean> {
  const isGoingBack = snapshot.state === "HALTED" && snapshot.cohorts.some(({ goingBack }) => goingBack);
  const may = (kind: ActionKind) => ALLOWED[kind].includes(snapshot.state);
  return {
    start: may("start"),
    pause: may("pause"),
    // A revert that halted goes on by a revert, not forward.
    resume: may("resume") && !isGoingBack,
    promote: may("promote") && currentStage(snapshot) !== undefined,
    halt: may("halt"),
    cancel: may("cancel"),
    revert:
      may("revert") && (isGoingBack || snapshot.cohorts.some((cohort) => selects(CAN_GO_BACK, cohort) || isWithdrawable(cohort.state))),
    retry: may("retry") && snapshot.cohorts.some((cohort) => selects(CAN_RETRY, cohort)),
  };
}

function offeredActions(snapshot: RolloutSnapshot): ActionKind[] {
  const allowed = allowedActions(snapshot);
  return (Object.keys(allowed) as ActionKind[]).filter((kind) => allowed[kind]);
}

const CAN_RETRY: Selector = { state: RETRYABLE_STATES, superseded: [false], revoked: [false], goingBack: [false] };

function start(draft: Draft): void {
  const { stages } = draft.snapshot;
  const devices = deviceCount(draft.snapshot);
  draft.snapshot = { ...draft.snapshot, state: "RUNNING", startedAt: draft.now, pacedFrom: draft.now, pacedAt: null };
  const message = `Started on ${counted(devices, "device")} in ${counted(stages.length, "stage")}.`;
  record(draft, decide("started", message, { devices, stages: stages.length }));
}

function pause(draft: Draft): void {
  draft.snapshot = { ...draft.snapshot, state: "PAUSED" };
  record(draft, decide("paused", "Paused: no further device starts; those at work finish.", {}));
}

function halt(draft: Draft, action: RolloutAction): void {
  const invalidated = action.kind === "halt" ? action.invalidated : undefined;
  stopStage(draft, (withdrawn) =>
    invalidated === undefined
      ? decide("halted-by-hand", "Halted by hand.", { withdrawn })
      : decideHaltedInvalidated(invalidated.release, invalidated.reason, withdrawn),
  );
}

function resume(draft: Draft): void {
  const halted = draft.snapshot.state === "HALTED";
  reopen(draft);
  if (!halted) return record(draft, decide("resumed", "Resumed.", {}));
  const accepted = draft.snapshot.counts.reduce((sum, { state, count }) => (isFailed(state) ? sum + count : sum), 0);
  const message = `Resumed after a halt: ${counted(accepted, "failure")} until now accepted, the gates judge what follows.`;
  record(draft, decide("resumed-after-halt", message, { accepted }));
}

/** Back to RUNNING. A stage that had failed begins again, and is judged on what happens from now on. */
function reopen(draft: Draft): void {
  draft.snapshot = { ...draft.snapshot, state: "RUNNING", finishedAt: null };
  const stage = currentStage(draft.snapshot) ?? draft.snapshot.stages.at(-1);
  if (stage === undefined || (stage.state !== "FAILED" && stage.state !== "PASSED")) return;
  setStage(draft, stage.index, {
    state: "RUNNING",
    startedAt: draft.now,
    deadlineAt: later(draft.now, stage.spec.deadlineSeconds),
    soakUntil: null,
    finishedAt: null,
  });
  settle(draft, { state: OUTCOME_STATES });
}

function promote(draft: Draft): void {
  const stage = currentStage(draft.snapshot);
  if (stage === undefined) return;
  setStage(draft, stage.index, { state: "PASSED", finishedAt: draft.now, startedAt: stage.startedAt ?? draft.now });
  settle(draft, { stageIndex: upTo(stage.index) });
  record(draft, decide("promoted", `Stage “${stage.spec.name}” promoted by hand.`, { stage: stage.spec.name }));
}

function cancel(draft: Draft, action: RolloutAction): void {
  if (action.kind === "cancel" && action.mode === "revert" && draft.snapshot.cohorts.some(({ assigned }) => assigned))
    return sendBack(draft);
  const withdrawn = dropUnstarted(draft);
  draft.snapshot = { ...draft.snapshot, state: "CANCELLED", finishedAt: draft.now };
  const message = `Cancelled: devices keep what they run${withdrawn > 0 ? `, ${counted(withdrawn, "device")} not begun keep the release before` : ""}.`;
  record(draft, decide("cancelled", message, { withdrawn }));
}

/** Queued devices leave the rollout; assigned ones that have not begun get their old assignment back. */
function dropUnstarted(draft: Draft): number {
  const withdrawn = act(draft, { kind: "withdraw", who: NOT_BEGUN, to: "CANCELLED" });
  dropQueued(draft);
  return withdrawn;
}

function dropQueued(draft: Draft): void {
  act(draft, { kind: "withdraw", who: { ...NOT_BEGUN, state: ["QUEUED"] }, to: "CANCELLED" });
  act(draft, { kind: "set-devices", who: { state: ["QUEUED"] }, to: "CANCELLED", reason: null, again: false });
}

/**
 * → REVERTING. A device that still runs what it had is back at once; one at work on the new release, or running it, activates its
 * other slot, stage by stage: `stepReverting`. One that had nothing before keeps the release if it runs it, and is withdrawn if not.
 */
function sendBack(draft: Draft): void {
  dropQueued(draft);
  const nothingBefore: Selector = {
    state: ["UNREACHED", ...IN_FLIGHT_STATES, ...RETRYABLE_STATES],
    ...{ assigned: [true], hasPrevious: [false], superseded: [false] },
  };
  const withdrawn = act(draft, { kind: "withdraw", who: nothingBefore, to: "CANCELLED" });
  const untouched: Selector = { ...CAN_GO_BACK, state: ["ASSIGNED", "UNREACHED", ...RETRYABLE_STATES], runsPrevious: [true] };
  const settled = act(draft, { kind: "send-back", who: untouched, settled: true, limit: ALL });
  // Of a revert that halted: what did not go back until now is accepted.
  act(draft, { kind: "settle", who: { state: FAILED_STATES, goingBack: [true], settled: [false] } });
  const moving = countWhere(draft.snapshot.cohorts, (cohort) => selects(CAN_GO_BACK, cohort));
  draft.snapshot = { ...draft.snapshot, state: "REVERTING", finishedAt: null, pacedFrom: draft.now, pacedAt: null };
  const devices = settled + moving;
  const message = `Reverting ${counted(devices, "device")}: ${settled} still ${settled === 1 ? "runs" : "run"} what ran before, ${moving} ${moving === 1 ? "switches" : "switch"} back.`;
  record(draft, decide("reverting", message, { devices, settled, moving, withdrawn }));
}

/** Failed and refused devices queue again, and no others; a device that another rollout has meanwhile is left alone. */
function retry(draft: Draft): void {
  const devices = act(draft, { kind: "set-devices", who: CAN_RETRY, to: "QUEUED", reason: null, again: true });
  if (draft.snapshot.state === "RUNNING") {
    const stage = currentStage(draft.snapshot);
    if (stage?.state === "SOAKING")
      setStage(draft, stage.index, { state: "RUNNING", soakUntil: null, deadlineAt: later(draft.now, stage.spec.deadlineSeconds) });
  } else if (draft.snapshot.state !== "PAUSED") {
    reopen(draft);
  }
  record(draft, decideRetried(devices, false));
}

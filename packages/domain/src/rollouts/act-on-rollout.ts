import { FlotillaError, type RolloutState } from "@flotilla/contracts";
import { counted } from "../text/format.ts";
import { decide } from "./decisions.ts";
import { hasOutcome, isFailed, isInFlight, isRetryable, isWithdrawable } from "./device-states.ts";
import { act, beginStep, currentStage, type Draft, finishStep, idsOf, later, record, setStage, settle } from "./edit-snapshot.ts";
import type { RolloutDeviceSnapshot, RolloutSnapshot, RolloutStep } from "./snapshot.ts";
import { stopStage, upTo } from "./step-rollout.ts";

export type RolloutAction =
  | { readonly kind: "start" | "pause" | "resume" | "promote" | "halt" | "revert" | "retry" }
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
  halt: (draft) => stopStage(draft, (withdrawn) => decide("halted-by-hand", "Halted by hand.", { withdrawn })),
  cancel,
  revert: sendBack,
  retry,
};

/**
 * What a person's action makes of a rollout. The caller steps the result at once, so that a start assigns and a revert ends where
 * nothing is to be waited for.
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
  const may = (kind: ActionKind) => ALLOWED[kind].includes(snapshot.state);
  return {
    start: may("start"),
    pause: may("pause"),
    resume: may("resume"),
    promote: may("promote") && currentStage(snapshot) !== undefined,
    halt: may("halt"),
    cancel: may("cancel"),
    revert: may("revert") && snapshot.devices.some((device) => canGoBack(device) || isWithdrawable(device.state)),
    retry: may("retry") && snapshot.devices.some(canRetry),
  };
}

function offeredActions(snapshot: RolloutSnapshot): ActionKind[] {
  const allowed = allowedActions(snapshot);
  return (Object.keys(allowed) as ActionKind[]).filter((kind) => allowed[kind]);
}

const canRetry = (device: RolloutDeviceSnapshot): boolean => isRetryable(device.state) && !device.superseded && !device.revoked;

/** Has this rollout's assignment still, and something to return to. */
const canGoBack = (device: RolloutDeviceSnapshot): boolean =>
  device.seq !== null &&
  device.hasPrevious &&
  !device.superseded &&
  !device.revoked &&
  (device.state === "SUCCEEDED" || isInFlight(device.state) || device.state === "UNREACHED" || isRetryable(device.state));

/** The devices that a revert sends back to what they had. */
export function revertReach(snapshot: RolloutSnapshot): string[] {
  return idsOf(snapshot.devices.filter(canGoBack));
}

function start(draft: Draft): void {
  const { devices, stages } = draft.snapshot;
  draft.snapshot = { ...draft.snapshot, state: "RUNNING", startedAt: draft.now };
  const message = `Started on ${counted(devices.length, "device")} in ${counted(stages.length, "stage")}.`;
  record(draft, decide("started", message, { devices: devices.length, stages: stages.length }));
}

function pause(draft: Draft): void {
  draft.snapshot = { ...draft.snapshot, state: "PAUSED" };
  record(draft, decide("paused", "Paused: no further device starts; those at work finish.", {}));
}

function resume(draft: Draft): void {
  const halted = draft.snapshot.state === "HALTED";
  reopen(draft);
  if (!halted) return record(draft, decide("resumed", "Resumed.", {}));
  const accepted = draft.snapshot.devices.filter(({ state }) => isFailed(state)).length;
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
  settle(
    draft,
    draft.snapshot.devices.filter(({ state }) => hasOutcome(state)),
  );
}

function promote(draft: Draft): void {
  const stage = currentStage(draft.snapshot);
  if (stage === undefined) return;
  setStage(draft, stage.index, { state: "PASSED", finishedAt: draft.now, startedAt: stage.startedAt ?? draft.now });
  settle(draft, upTo(draft, stage.index));
  record(draft, decide("promoted", `Stage “${stage.spec.name}” promoted by hand.`, { stage: stage.spec.name }));
}

function cancel(draft: Draft, action: RolloutAction): void {
  if (action.kind === "cancel" && action.mode === "revert" && draft.snapshot.devices.some(({ seq }) => seq !== null))
    return sendBack(draft);
  const withdrawn = dropUnstarted(draft);
  draft.snapshot = { ...draft.snapshot, state: "CANCELLED", finishedAt: draft.now };
  const message = `Cancelled: devices keep what they run${withdrawn > 0 ? `, ${counted(withdrawn, "device")} not begun keep the release before` : ""}.`;
  record(draft, decide("cancelled", message, { withdrawn }));
}

/** Queued devices leave the rollout; assigned ones that have not begun get their old assignment back. */
function dropUnstarted(draft: Draft): number {
  const { devices } = draft.snapshot;
  const queued = devices.filter(({ state }) => state === "QUEUED");
  const waiting = devices.filter(({ state }) => isWithdrawable(state));
  act(draft, { kind: "set-devices", deviceIds: idsOf(queued), from: ["QUEUED"], to: "CANCELLED", reason: null, again: false });
  act(draft, { kind: "withdraw", deviceIds: idsOf(waiting), to: "CANCELLED" });
  return waiting.length;
}

/**
 * → REVERTING. A device that still runs what it had is back at once; one at work on the new release, or running it, activates its
 * other slot. One that had nothing before keeps the release if it runs it, and is withdrawn if not.
 */
function sendBack(draft: Draft): void {
  const { devices } = draft.snapshot;
  const queued = devices.filter(({ state }) => state === "QUEUED");
  act(draft, { kind: "set-devices", deviceIds: idsOf(queued), from: ["QUEUED"], to: "CANCELLED", reason: null, again: false });
  const back = devices.filter(canGoBack);
  const isSettled = (device: RolloutDeviceSnapshot) =>
    device.runsPrevious && device.state !== "SUCCEEDED" && (!isInFlight(device.state) || device.state === "ASSIGNED");
  const settled = back.filter(isSettled);
  const moving = back.filter((device) => !isSettled(device));
  const nothingBefore = devices.filter(
    (device) =>
      device.seq !== null &&
      !device.hasPrevious &&
      !device.superseded &&
      (isInFlight(device.state) || device.state === "UNREACHED" || isRetryable(device.state)),
  );
  act(draft, { kind: "send-back", deviceIds: idsOf(settled), settled: true });
  act(draft, { kind: "send-back", deviceIds: idsOf(moving), settled: false });
  act(draft, { kind: "withdraw", deviceIds: idsOf(nothingBefore), to: "CANCELLED" });
  draft.snapshot = { ...draft.snapshot, state: "REVERTING", finishedAt: null };
  const message = `Reverting ${counted(back.length, "device")}: ${settled.length} still ${settled.length === 1 ? "runs" : "run"} what ran before, ${moving.length} ${moving.length === 1 ? "switches" : "switch"} back.`;
  record(
    draft,
    decide("reverting", message, { devices: back.length, settled: settled.length, moving: moving.length, withdrawn: nothingBefore.length }),
  );
}

/** Failed and refused devices queue again, and no others; a device that another rollout has meanwhile is left alone. */
function retry(draft: Draft): void {
  const again = draft.snapshot.devices.filter(canRetry);
  const states = [...new Set(again.map(({ state }) => state))];
  act(draft, { kind: "set-devices", deviceIds: idsOf(again), from: states, to: "QUEUED", reason: null, again: true });
  if (draft.snapshot.state === "RUNNING") {
    const stage = currentStage(draft.snapshot);
    if (stage?.state === "SOAKING")
      setStage(draft, stage.index, { state: "RUNNING", soakUntil: null, deadlineAt: later(draft.now, stage.spec.deadlineSeconds) });
  } else if (draft.snapshot.state !== "PAUSED") {
    reopen(draft);
  }
  record(draft, decide("retried", `Trying ${counted(again.length, "device")} again.`, { devices: again.length }));
}

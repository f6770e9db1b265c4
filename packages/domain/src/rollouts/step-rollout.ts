import type { Reason, RolloutDeviceState } from "@flotilla/contracts";
import { judgeGates } from "../gates/judge-gates.ts";
import { counted } from "../text/format.ts";
import {
  decide,
  decideCompleted,
  decideDeviceFailed,
  decideDevicesRefused,
  decideHalt,
  decideStagePassed,
  decideStageSoaking,
  decideSuperseded,
  decideWaiting,
  type Failures,
} from "./decisions.ts";
import { hasOutcome, IN_FLIGHT_STATES, isApart, isFailed, isInFlight, isOpen, WITHDRAWABLE_STATES } from "./device-states.ts";
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
  tallyOf,
  upTo,
} from "./edit-snapshot.ts";
import { NAMED_DEVICES } from "./form-cohorts.ts";
import { isTakenOver } from "./reach.ts";
import type { Cohort, RolloutSnapshot, RolloutStep, Selector, StageSnapshot } from "./snapshot.ts";

/** Assignments written in one step; the rest follow in the next. */
export const WAVE_SIZE = 5000;

/**
 * What follows for a rollout from everything known at `now`: the planner. It never awaits; the caller executes `effects`, stores
 * `decisions` and `next` in one transaction. Stepping the result again at the same instant changes nothing more, except that a wave
 * larger than WAVE_SIZE goes on, and that a stage beyond the snapshot's reach is looked at by the next look.
 */
export function stepRollout(snapshot: RolloutSnapshot, now: Date): RolloutStep {
  const draft = beginStep(snapshot, now);
  if (snapshot.state === "RUNNING" || snapshot.state === "PAUSED" || snapshot.state === "HALTED" || snapshot.state === "REVERTING") {
    followDevices(draft);
  }
  if (snapshot.state !== "REVERTING" && isTakenOver(draft.snapshot)) return endSuperseded(draft);
  if (snapshot.state === "REVERTING") stepReverting(draft);
  if (snapshot.state === "PAUSED" || snapshot.state === "HALTED") readGates(draft);
  if (snapshot.state === "RUNNING") stepRunning(draft);
  return finishStep(draft);
}

function stepRunning(draft: Draft): void {
  // Each turn passes a stage or ends: stages + 1 turns are enough.
  for (let turn = 0; turn <= draft.snapshot.stages.length; turn += 1) {
    const stage = currentStage(draft.snapshot);
    if (stage === undefined) return complete(draft);
    if (stage.index > draft.snapshot.reach) return;
    if (stage.state === "WAITING") startStage(draft, stage);
    assignWave(draft, stage.index);
    timeOut(draft, stage.index);
    readGates(draft);
    if (halt(draft, stage.index)) return;
    if (!passStage(draft, stage.index)) return;
  }
}

function startStage(draft: Draft, stage: StageSnapshot): void {
  const { now } = draft;
  const devices = deviceCount(draft.snapshot, stage.index);
  setStage(draft, stage.index, {
    state: "RUNNING",
    startedAt: now,
    deadlineAt: later(now, stage.spec.deadlineSeconds),
    soakUntil: null,
    finishedAt: null,
  });
  const offline = countWhere(
    draft.snapshot.cohorts,
    ({ stageIndex, state, online }) => stageIndex === stage.index && isOpen(state) && !online,
  );
  const away = offline > 0 ? `, ${offline} of them offline` : "";
  record(
    draft,
    decide("stage-started", `Stage “${stage.spec.name}” starts on ${counted(devices, "device")}${away}.`, {
      stage: stage.spec.name,
      devices,
      offline,
    }),
  );
}

/** Gives the release to the devices whose turn it is: at most one wave, never a device of a later stage. */
function assignWave(draft: Draft, stageIndex: number): void {
  const queued = { state: ["QUEUED"], stageIndex: upTo(stageIndex) } as const;
  setState(draft, { ...queued, revoked: [true] }, "CANCELLED", REVOKED);
  setState(draft, { ...queued, alreadyCurrent: [true] }, "ALREADY_CURRENT");
  for (const cohort of draft.snapshot.cohorts) {
    const { refusalCode } = cohort;
    if (cohort.state === "QUEUED" && cohort.stageIndex <= stageIndex && refusalCode !== null) refuse(draft, cohort);
  }
  act(draft, { kind: "assign", who: { ...queued, alreadyCurrent: [false], refusalCode: [null] }, limit: WAVE_SIZE });
}

/** A few refusals are said one by one, however many there are. */
function refuse(draft: Draft, cohort: Cohort): void {
  const { stageIndex, refusalCode, named } = cohort;
  const count = setState(draft, { state: ["QUEUED"], stageIndex: [stageIndex], refusalCode: [refusalCode] }, "REFUSED", "refusal");
  if (count === 0) return;
  for (const device of named) draft.decisions.push(decideDeviceFailed({ ...device, state: "REFUSED" }));
  if (count > named.length) draft.decisions.push(decideDevicesRefused(count - named.length, named[0]?.reason ?? null));
}

/** A device that is online and still not done when its time is over has failed. One that is offline is only not reached. */
function timeOut(draft: Draft, stageIndex: number): void {
  const late = { state: IN_FLIGHT_STATES, overdue: [true], stageIndex: upTo(stageIndex) } as const;
  setState(draft, { ...late, online: [false] }, "UNREACHED");
  const names = draft.snapshot.cohorts
    .flatMap((cohort) => (cohort.overdue && cohort.online && cohort.stageIndex <= stageIndex ? cohort.named : []))
    .slice(0, NAMED_DEVICES)
    .map(({ name }) => name);
  const reason: Reason = { code: "TIMED_OUT", message: "The device did not finish before the stage's deadline." };
  const devices = setState(draft, { ...late, online: [true] }, "TIMED_OUT", reason);
  if (devices === 0) return;
  const more = devices > names.length ? ` and ${devices - names.length} more` : "";
  const message = `${names.join(", ")}${more} did not finish before the stage's deadline.`;
  record(draft, decide("timed-out", message, { devices, names: names.join(", ") }));
}

function readGates(draft: Draft): void {
  const stage = currentStage(draft.snapshot) ?? draft.snapshot.stages.at(-1);
  if (stage === undefined || stage.startedAt === null) return;
  draft.snapshot = { ...draft.snapshot, readings: judgeGates(draft.snapshot.gates, judgedCohorts(draft, stage)) };
}

/**
 * Whom a stage is judged on: its own devices, and those of earlier stages that came late. Apart are devices that never ran the
 * release, those that stayed offline past their deadline, and what was accepted already.
 */
function judgedCohorts(draft: Draft, stage: StageSnapshot): Cohort[] {
  return draft.snapshot.cohorts.filter((cohort) => {
    if (cohort.stageIndex > stage.index || cohort.settled || isApart(cohort.state)) return false;
    return hasOutcome(cohort.state) || isAwaited(cohort, stage);
  });
}

function halt(draft: Draft, stageIndex: number): boolean {
  const failing = draft.snapshot.readings.find(({ verdict }) => verdict === "fails");
  const stage = draft.snapshot.stages[stageIndex];
  if (failing === undefined || stage === undefined) return false;
  const failures = sumFailures(judgedCohorts(draft, stage).filter(({ state }) => isFailed(state)));
  stopStage(draft, (withdrawn) => decideHalt(failing, failures, withdrawn));
  return true;
}

/** RUNNING | PAUSED → HALTED: assigned devices that have not begun keep what they run and wait in the queue again. */
export function stopStage(draft: Draft, decisionFor: (withdrawn: number) => ReturnType<typeof decide>): void {
  const withdrawn = act(draft, { kind: "withdraw", who: { state: WITHDRAWABLE_STATES, superseded: [false] }, to: "QUEUED" });
  const stage = currentStage(draft.snapshot);
  if (stage !== undefined && stage.state !== "WAITING")
    setStage(draft, stage.index, { state: "FAILED", finishedAt: draft.now, soakUntil: null });
  draft.snapshot = { ...draft.snapshot, state: "HALTED" };
  record(draft, decisionFor(withdrawn));
}

/** How many failed, and one of those that did so for the most common reason. */
function sumFailures(failed: readonly Cohort[]): Failures {
  const counts = new Map<Cohort["reasonCode"], number>();
  for (const { reasonCode, count } of failed) counts.set(reasonCode, (counts.get(reasonCode) ?? 0) + count);
  const [most] = failed.toSorted((a, b) => (counts.get(b.reasonCode) ?? 0) - (counts.get(a.reasonCode) ?? 0));
  const [first] = most?.named ?? [];
  return {
    count: countWhere(failed, () => true),
    first: first === undefined || most === undefined ? null : { ...first, state: most.state },
  };
}

/** RUNNING → SOAKING → PASSED as far as it goes now; true once passed. */
function passStage(draft: Draft, stageIndex: number): boolean {
  const stage = draft.snapshot.stages[stageIndex];
  if (stage === undefined || draft.snapshot.cohorts.some((cohort) => isAwaited(cohort, stage))) return false;
  const tally = tallyOf(draft.snapshot, stageIndex);
  let { soakUntil } = stage;
  if (stage.state === "RUNNING") {
    // Where nobody took the release anew there is nothing to soak.
    const soakSeconds = tally.succeeded > 0 ? stage.spec.soakSeconds : 0;
    soakUntil = later(draft.now, soakSeconds);
    setStage(draft, stageIndex, { state: "SOAKING", soakUntil });
    if (soakSeconds > 0) record(draft, decideStageSoaking(stage.spec.name, soakSeconds, tally));
  }
  if (soakUntil !== null && soakUntil > draft.now) return false;
  if (draft.snapshot.readings.some(({ verdict }) => verdict === "waiting")) return false;
  const { succeeded, current } = tallyOf(draft.snapshot);
  const unproven = deviceCount(draft.snapshot, stageIndex) > 0 && succeeded + current === 0;
  if (unproven || (stage.spec.manual && !isLast(draft, stageIndex))) {
    waitForPromotion(draft, stage.spec.name, unproven, tally);
    return false;
  }
  setStage(draft, stageIndex, { state: "PASSED", finishedAt: draft.now });
  settle(draft, { stageIndex: upTo(stageIndex) });
  record(draft, decideStagePassed(stage.spec.name, tally));
  return true;
}

function waitForPromotion(draft: Draft, stage: string, unproven: boolean, tally: ReturnType<typeof tallyOf>): void {
  const { why } = draft.snapshot;
  const said = why !== null && why.kind === (unproven ? "unproven" : "awaiting-promotion") && why.params["stage"] === stage;
  if (!said) record(draft, decideWaiting(stage, unproven, tally));
}

function complete(draft: Draft): void {
  draft.snapshot = { ...draft.snapshot, state: "COMPLETED", finishedAt: draft.now };
  record(draft, decideCompleted(tallyOf(draft.snapshot)));
}

/** → CANCELLED and not COMPLETED: no stage of it holds any longer, and the devices keep what the newer rollouts gave them. */
function endSuperseded(draft: Draft): RolloutStep {
  draft.snapshot = { ...draft.snapshot, state: "CANCELLED", finishedAt: draft.now };
  record(draft, decideSuperseded(deviceCount(draft.snapshot)));
  return finishStep(draft);
}

/** REVERTING → REVERTED once every device that can be reached is back. */
function stepReverting(draft: Draft): void {
  timeOut(draft, draft.snapshot.stages.length);
  const { cohorts, counts } = draft.snapshot;
  if (cohorts.some(({ state }) => isInFlight(state))) return;
  const back = counts.reduce((sum, { state, count }) => (state === "REVERTED" ? sum + count : sum), 0);
  const tally = tallyOf(draft.snapshot);
  draft.snapshot = { ...draft.snapshot, state: "REVERTED", finishedAt: draft.now };
  const away =
    tally.unreached > 0
      ? ` ${counted(tally.unreached, "device")} not reached ${tally.unreached === 1 ? "goes back when it returns" : "go back when they return"}.`
      : "";
  const stuck = countWhere(cohorts, ({ state, superseded }) => isFailed(state) && !superseded);
  const failed = stuck > 0 ? ` ${counted(stuck, "device")} did not go back: look at ${stuck === 1 ? "it" : "each"}.` : "";
  const kept = countWhere(cohorts, ({ state, superseded }) => state === "SUCCEEDED" && !superseded);
  const keep = kept > 0 ? ` ${counted(kept, "device")} had nothing before and ${kept === 1 ? "keeps" : "keep"} the release.` : "";
  const message = `Reverted: ${counted(back, "device")} ${back === 1 ? "runs" : "run"} what ran before.${away}${failed}${keep}`;
  record(draft, decide("reverted", message, { back, unreached: tally.unreached, failed: stuck, kept }));
}

const REVOKED: Reason = { code: "DEVICE_REVOKED", message: "The device was revoked while the rollout went on." };

/** ASSIGNED ⇄ UNREACHED with the device's presence; one that was revoked leaves the rollout, since nobody can wait for it. */
function followDevices(draft: Draft): void {
  setState(draft, { state: ["UNREACHED", ...IN_FLIGHT_STATES], revoked: [true] }, "CANCELLED", REVOKED);
  setState(draft, { state: ["UNREACHED"], online: [true] }, "ASSIGNED");
  setState(draft, { state: ["ASSIGNED"], online: [false] }, "UNREACHED");
  setState(draft, { state: IN_FLIGHT_STATES, online: [false], stale: [true] }, "UNREACHED");
}

function setState(draft: Draft, who: Selector, to: RolloutDeviceState, reason: Reason | "refusal" | null = null): number {
  return act(draft, { kind: "set-devices", who, to, reason, again: false });
}

const isLast = (draft: Draft, stageIndex: number) => stageIndex === draft.snapshot.stages.length - 1;

/**
 * Still has to come, and is worth waiting for: nothing is, past its deadline. Of earlier stages only a retry: what those passed with, or a
 * person promoted past, is settled.
 */
function isAwaited(cohort: Cohort, stage: StageSnapshot): boolean {
  return cohort.stageIndex <= stage.index && isOpen(cohort.state) && (cohort.state === "QUEUED" || (!cohort.settled && !cohort.past));
}

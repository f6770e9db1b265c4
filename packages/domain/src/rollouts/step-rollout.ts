import type { Reason } from "@flotilla/contracts";
import { judgeGates } from "../gates/judge-gates.ts";
import { counted } from "../text/format.ts";
import {
  decide,
  decideAwaitingWindow,
  decideCompleted,
  decideDeviceFailed,
  decideDevicesRefused,
  decideHalt,
  decideRetried,
  decideStagePassed,
  decideStageSoaking,
  decideSuperseded,
  decideWaiting,
  type Failures,
} from "./decisions.ts";
import { hasOutcome, IN_FLIGHT_STATES, isApart, isFailed, isOpen, WITHDRAWABLE_STATES } from "./device-states.ts";
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
import { NO_MEASURES, selects } from "./form-cohorts.ts";
import { allowance, spend } from "./pace-devices.ts";
import { isTakenOver } from "./reach.ts";
import { stepReverting } from "./step-reverting.ts";
import { setState, timeOut } from "./time-out.ts";
import { openZones, opensNext, pacedOf, WAVE_SIZE } from "./wait-for-turn.ts";
import type { Cohort, RolloutSnapshot, RolloutStep, Selector, StageSnapshot } from "./snapshot.ts";

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
    retryByItself(draft, stage.index);
    assignWave(draft, stage.index);
    timeOut(draft, stage.index);
    readGates(draft);
    if (halt(draft, stage.index)) return;
    if (!passStage(draft, stage.index)) return sayWindow(draft, stage.index);
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
  const ready = { ...queued, alreadyCurrent: [false], refusalCode: [null] } as const;
  const { snapshot, now } = draft;
  const waiting = snapshot.cohorts.filter((cohort) => selects(ready, cohort));
  const open = openZones(snapshot, waiting, now);
  const paced = pacedOf(snapshot, "pace");
  const limit = Math.min(WAVE_SIZE, paced === null ? WAVE_SIZE : allowance(paced, now));
  const count = limit === 0 || open.length === 0 ? 0 : act(draft, { kind: "assign", who: { ...ready, timeZone: open }, limit });
  if (paced !== null && count > 0) draft.snapshot = { ...draft.snapshot, pacedAt: spend(paced, count, now) };
}

/** Said once for a stage: nobody of it may begin now. */
function sayWindow(draft: Draft, stageIndex: number): void {
  const { snapshot, now } = draft;
  const waiting = snapshot.cohorts.filter(({ stageIndex: index, state }) => index <= stageIndex && state === "QUEUED");
  if (waiting.length === 0 || openZones(snapshot, waiting, now).length > 0) return;
  const stage = snapshot.stages[stageIndex]?.spec.name ?? "";
  if (snapshot.why?.kind === "awaiting-window" && snapshot.why.params["stage"] === stage) return;
  record(
    draft,
    decideAwaitingWindow(
      stage,
      countWhere(waiting, () => true),
      opensNext(snapshot, waiting, now),
    ),
  );
}

/** Failed devices whose time has come are queued again, as far as the rollout's retries go. */
function retryByItself(draft: Draft, stageIndex: number): void {
  const who: Selector = { retry: ["due"], stageIndex: upTo(stageIndex) };
  const devices = act(draft, { kind: "set-devices", who, to: "QUEUED", reason: null, again: true });
  if (devices === 0) return;
  const stage = draft.snapshot.stages[stageIndex];
  if (stage?.state === "SOAKING") setStage(draft, stageIndex, { state: "RUNNING", soakUntil: null });
  record(draft, decideRetried(devices, true));
}

/** A few refusals are said one by one, however many there are. */
function refuse(draft: Draft, cohort: Cohort): void {
  const { stageIndex, refusalCode, named } = cohort;
  const count = setState(draft, { state: ["QUEUED"], stageIndex: [stageIndex], refusalCode: [refusalCode] }, "REFUSED", "refusal");
  if (count === 0) return;
  for (const device of named) draft.decisions.push(decideDeviceFailed({ ...device, state: "REFUSED" }));
  if (count > named.length) draft.decisions.push(decideDevicesRefused(count - named.length, named[0]?.reason ?? null));
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
  return draft.snapshot.cohorts.flatMap((cohort) => {
    if (cohort.stageIndex > stage.index || cohort.settled || isApart(cohort.state)) return [];
    // What is tried again has no outcome yet.
    if (cohort.retry !== null) return [{ ...cohort, ...NO_MEASURES, state: "QUEUED" as const }];
    return hasOutcome(cohort.state) || isAwaited(cohort, stage) ? [cohort] : [];
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

/** Has an assignment that it has not acted on: a queued one waits for another try, and would get what it tried before if it asked. */
export const NOT_BEGUN: Selector = { state: ["QUEUED", ...WITHDRAWABLE_STATES], assigned: [true], superseded: [false] };

/** RUNNING | PAUSED → HALTED: assigned devices that have not begun keep what they run and wait in the queue again. */
export function stopStage(draft: Draft, decisionFor: (withdrawn: number) => ReturnType<typeof decide>): void {
  const withdrawn = act(draft, { kind: "withdraw", who: NOT_BEGUN, to: "QUEUED" });
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

const REVOKED: Reason = { code: "DEVICE_REVOKED", message: "The device was revoked while the rollout went on." };

/** ASSIGNED ⇄ UNREACHED with the device's presence; one that was revoked leaves the rollout, since nobody can wait for it. */
function followDevices(draft: Draft): void {
  setState(draft, { state: ["UNREACHED", ...IN_FLIGHT_STATES], revoked: [true] }, "CANCELLED", REVOKED);
  setState(draft, { state: ["UNREACHED"], online: [true] }, "ASSIGNED");
  setState(draft, { state: ["ASSIGNED"], online: [false] }, "UNREACHED");
  setState(draft, { state: IN_FLIGHT_STATES, online: [false], stale: [true] }, "UNREACHED");
}

const isLast = (draft: Draft, stageIndex: number) => stageIndex === draft.snapshot.stages.length - 1;

/**
 * Still has to come, and is worth waiting for: nothing is, past its deadline. Of earlier stages only a retry: what those passed with, or a
 * person promoted past, is settled.
 */
function isAwaited(cohort: Cohort, stage: StageSnapshot): boolean {
  if (cohort.stageIndex > stage.index) return false;
  return cohort.retry !== null || cohort.state === "QUEUED" || (isOpen(cohort.state) && !cohort.settled && !cohort.past);
}

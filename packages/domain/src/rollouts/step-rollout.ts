import type { Reason, RolloutDeviceState } from "@flotilla/contracts";
import { judgeGates } from "../gates/judge-gates.ts";
import { counted } from "../text/format.ts";
import {
  decide,
  decideCompleted,
  decideDeviceFailed,
  decideHalt,
  decideStagePassed,
  decideStageSoaking,
  decideSuperseded,
  decideWaiting,
} from "./decisions.ts";
import { hasOutcome, isApart, isFailed, isInFlight, isOpen, isWithdrawable } from "./device-states.ts";
import { act, beginStep, currentStage, type Draft, finishStep, idsOf, later, record, setStage, settle, tallyOf } from "./edit-snapshot.ts";
import type { RolloutDeviceSnapshot, RolloutSnapshot, RolloutStep, StageSnapshot } from "./snapshot.ts";

/** Assignments written in one step; the rest follow in the next. */
export const WAVE_SIZE = 5000;
/** An offline device that was at work is shown as unreached only after this: a reconnect takes seconds. */
export const UNREACHED_AFTER_MS = 30_000;

/**
 * What follows for a rollout from everything known at `now`: the planner. It never awaits; the caller executes `effects`, stores
 * `decisions` and `next` in one transaction. Stepping the result again at the same instant changes nothing more, except that a wave
 * larger than WAVE_SIZE goes on.
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
  const devices = devicesOf(draft, stage.index);
  setStage(draft, stage.index, {
    state: "RUNNING",
    startedAt: now,
    deadlineAt: later(now, stage.spec.deadlineSeconds),
    soakUntil: null,
    finishedAt: null,
  });
  const offline = devices.filter(({ online }) => !online).length;
  const away = offline > 0 ? `, ${offline} of them offline` : "";
  record(
    draft,
    decide("stage-started", `Stage “${stage.spec.name}” starts on ${counted(devices.length, "device")}${away}.`, {
      stage: stage.spec.name,
      devices: devices.length,
      offline,
    }),
  );
}

/** Gives the release to the devices whose turn it is: at most one wave, never a device of a later stage. */
function assignWave(draft: Draft, stageIndex: number): void {
  const queued = draft.snapshot.devices
    .filter((device) => device.state === "QUEUED" && device.stageIndex <= stageIndex)
    .slice(0, WAVE_SIZE);
  setState(
    draft,
    queued.filter(({ alreadyCurrent }) => alreadyCurrent),
    "ALREADY_CURRENT",
  );
  const needing = queued.filter(({ alreadyCurrent }) => !alreadyCurrent);
  for (const device of needing) {
    if (device.refusal === null) continue;
    setState(draft, [device], "REFUSED", device.refusal);
    draft.decisions.push(decideDeviceFailed({ ...device, state: "REFUSED", reason: device.refusal }));
  }
  act(draft, { kind: "assign", deviceIds: idsOf(needing.filter(({ refusal }) => refusal === null)) });
}

/** A device that is online and still not done when its time is over has failed. One that is offline is only not reached. */
function timeOut(draft: Draft, stageIndex: number): void {
  const late = draft.snapshot.devices.filter(
    (device) => device.stageIndex <= stageIndex && isInFlight(device.state) && isOverdue(draft, device),
  );
  const online = late.filter((device) => device.online);
  setState(
    draft,
    late.filter((device) => !device.online),
    "UNREACHED",
  );
  if (online.length === 0) return;
  setState(draft, online, "TIMED_OUT", { code: "TIMED_OUT", message: "The device did not finish before the stage's deadline." });
  const names = online.slice(0, 3).map(({ name }) => name);
  const more = online.length > names.length ? ` and ${online.length - names.length} more` : "";
  record(
    draft,
    decide("timed-out", `${names.join(", ")}${more} did not finish before the stage's deadline.`, {
      devices: online.length,
      names: names.join(", "),
    }),
  );
}

function readGates(draft: Draft): void {
  const stage = currentStage(draft.snapshot) ?? draft.snapshot.stages.at(-1);
  if (stage === undefined || stage.startedAt === null) return;
  draft.snapshot = { ...draft.snapshot, readings: judgeGates(draft.snapshot.gates, judgedDevices(draft, stage)) };
}

/**
 * Whom a stage is judged on: its own devices, and those of earlier stages that came late. Apart are devices that never ran the
 * release, those that stayed offline past their deadline, and what was accepted already.
 */
function judgedDevices(draft: Draft, stage: StageSnapshot): RolloutDeviceSnapshot[] {
  return draft.snapshot.devices.filter((device) => {
    if (device.stageIndex > stage.index || device.settled || isApart(device.state)) return false;
    return hasOutcome(device.state) || isAwaited(draft, device, stage);
  });
}

function halt(draft: Draft, stageIndex: number): boolean {
  const failing = draft.snapshot.readings.find(({ verdict }) => verdict === "fails");
  const stage = draft.snapshot.stages[stageIndex];
  if (failing === undefined || stage === undefined) return false;
  const failures = judgedDevices(draft, stage).filter(({ state }) => isFailed(state));
  stopStage(draft, (withdrawn) => decideHalt(failing, mostCommonFirst(failures), withdrawn));
  return true;
}

/** RUNNING | PAUSED → HALTED: assigned devices that have not begun keep what they run and wait in the queue again. */
export function stopStage(draft: Draft, decisionFor: (withdrawn: number) => ReturnType<typeof decide>): void {
  const waiting = draft.snapshot.devices.filter(({ state }) => isWithdrawable(state));
  act(draft, { kind: "withdraw", deviceIds: idsOf(waiting), to: "QUEUED" });
  const stage = currentStage(draft.snapshot);
  if (stage !== undefined && stage.state !== "WAITING")
    setStage(draft, stage.index, { state: "FAILED", finishedAt: draft.now, soakUntil: null });
  draft.snapshot = { ...draft.snapshot, state: "HALTED" };
  record(draft, decisionFor(waiting.length));
}

function mostCommonFirst(failures: readonly RolloutDeviceSnapshot[]): RolloutDeviceSnapshot[] {
  const counts = new Map<string, number>();
  const codeOf = ({ reason }: RolloutDeviceSnapshot) => reason?.code ?? "";
  for (const failure of failures) counts.set(codeOf(failure), (counts.get(codeOf(failure)) ?? 0) + 1);
  return failures.toSorted((a, b) => (counts.get(codeOf(b)) ?? 0) - (counts.get(codeOf(a)) ?? 0));
}

/** RUNNING → SOAKING → PASSED as far as it goes now; true once passed. */
function passStage(draft: Draft, stageIndex: number): boolean {
  const stage = draft.snapshot.stages[stageIndex];
  if (stage === undefined) return false;
  const devices = devicesOf(draft, stageIndex);
  const tally = tallyOf(devices);
  const queued = draft.snapshot.devices.some((device) => device.state === "QUEUED" && device.stageIndex <= stageIndex);
  if (queued || draft.snapshot.devices.some((device) => isAwaited(draft, device, stage))) return false;
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
  const unproven = devices.length > 0 && !draft.snapshot.devices.some(({ state }) => state === "SUCCEEDED" || state === "ALREADY_CURRENT");
  if (unproven || (stage.spec.manual && !isLast(draft, stageIndex))) {
    waitForPromotion(draft, stage.spec.name, unproven, tally);
    return false;
  }
  setStage(draft, stageIndex, { state: "PASSED", finishedAt: draft.now });
  settle(draft, upTo(draft, stageIndex));
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
  record(draft, decideCompleted(tallyOf(draft.snapshot.devices)));
}

/** Newer rollouts have every device: nothing is left to assign, to wait for, to try again or to take back. */
function isTakenOver({ state, devices }: RolloutSnapshot): boolean {
  if (state !== "RUNNING" && state !== "PAUSED" && state !== "HALTED") return false;
  const isLost = (device: RolloutDeviceSnapshot) => device.state === "SUPERSEDED" || (device.superseded && !isOpen(device.state));
  return devices.some(isLost) && devices.every((device) => isLost(device) || device.revoked);
}

/** → CANCELLED and not COMPLETED: no stage of it holds any longer, and the devices keep what the newer rollouts gave them. */
function endSuperseded(draft: Draft): RolloutStep {
  draft.snapshot = { ...draft.snapshot, state: "CANCELLED", finishedAt: draft.now };
  record(draft, decideSuperseded(draft.snapshot.devices.length));
  return finishStep(draft);
}

/** REVERTING → REVERTED once every device that can be reached is back. */
function stepReverting(draft: Draft): void {
  timeOut(draft, draft.snapshot.stages.length);
  if (draft.snapshot.devices.some(({ state }) => isInFlight(state))) return;
  const { devices } = draft.snapshot;
  const back = devices.filter(({ state }) => state === "REVERTED").length;
  const tally = tallyOf(devices);
  draft.snapshot = { ...draft.snapshot, state: "REVERTED", finishedAt: draft.now };
  const away =
    tally.unreached > 0
      ? ` ${counted(tally.unreached, "device")} not reached ${tally.unreached === 1 ? "goes back when it returns" : "go back when they return"}.`
      : "";
  const stuck = devices.filter(({ state, superseded }) => isFailed(state) && !superseded).length;
  const failed = stuck > 0 ? ` ${counted(stuck, "device")} did not go back: look at ${stuck === 1 ? "it" : "each"}.` : "";
  const kept = devices.filter(({ state, superseded }) => state === "SUCCEEDED" && !superseded).length;
  const keep = kept > 0 ? ` ${counted(kept, "device")} had nothing before and ${kept === 1 ? "keeps" : "keep"} the release.` : "";
  const message = `Reverted: ${counted(back, "device")} ${back === 1 ? "runs" : "run"} what ran before.${away}${failed}${keep}`;
  record(draft, decide("reverted", message, { back, unreached: tally.unreached, failed: stuck, kept }));
}

/** ASSIGNED ⇄ UNREACHED with the device's presence; one that was revoked leaves the rollout, since nobody can wait for it. */
function followDevices(draft: Draft): void {
  const revoked = draft.snapshot.devices.filter((device) => device.revoked && isOpen(device.state));
  setState(draft, revoked, "CANCELLED", { code: "DEVICE_REVOKED", message: "The device was revoked while the rollout went on." });
  const { devices } = draft.snapshot;
  const gone = devices.filter(({ state, online, updatedAt }) => {
    if (online || !isInFlight(state)) return false;
    return state === "ASSIGNED" || draft.now.getTime() - updatedAt.getTime() >= UNREACHED_AFTER_MS;
  });
  const back = devices.filter(({ state, online }) => online && state === "UNREACHED");
  setState(draft, gone, "UNREACHED");
  setState(draft, back, "ASSIGNED");
}

function setState(draft: Draft, devices: readonly RolloutDeviceSnapshot[], to: RolloutDeviceState, reason: Reason | null = null): void {
  const from = [...new Set(devices.map(({ state }) => state))];
  act(draft, { kind: "set-devices", deviceIds: idsOf(devices), from, to, reason, again: false });
}

const devicesOf = (draft: Draft, stageIndex: number) => draft.snapshot.devices.filter((device) => device.stageIndex === stageIndex);
export const upTo = (draft: Draft, stageIndex: number) => draft.snapshot.devices.filter((device) => device.stageIndex <= stageIndex);
const isLast = (draft: Draft, stageIndex: number) => stageIndex === draft.snapshot.stages.length - 1;

/**
 * Still has to come, and is worth waiting for: nothing is, past its deadline. Of earlier stages only a retry: what those passed with, or a
 * person promoted past, is settled.
 */
function isAwaited(draft: Draft, device: RolloutDeviceSnapshot, stage: StageSnapshot): boolean {
  if (device.stageIndex > stage.index || device.settled || !isOpen(device.state)) return false;
  return !isPast(draft, device.assignedAt, device.stageIndex);
}

/**
 * A device has its stage's time from its own assignment on: a retry or a late wave gets all of it. One that came back after its
 * deadline holds nobody up, and has the same time again to act.
 */
function isOverdue(draft: Draft, device: RolloutDeviceSnapshot): boolean {
  const { assignedAt, updatedAt, stageIndex } = device;
  if (!isPast(draft, assignedAt, stageIndex)) return false;
  const cameBackLate = assignedAt !== null && updatedAt >= later(assignedAt, secondsOf(draft, stageIndex));
  return !cameBackLate || isPast(draft, updatedAt, stageIndex);
}

const secondsOf = (draft: Draft, stageIndex: number) => draft.snapshot.stages[stageIndex]?.spec.deadlineSeconds ?? 0;
const isPast = (draft: Draft, from: Date | null, stageIndex: number) =>
  from !== null && draft.now >= later(from, secondsOf(draft, stageIndex));

import type { DecisionDraft, RolloutDeviceSnapshot, RolloutEffect, RolloutSnapshot, RolloutStep, StageSnapshot } from "./snapshot.ts";
import type { Tally } from "./decisions.ts";
import { isApart, isFailed, staysSettled } from "./device-states.ts";

/** A step under construction. Snapshots are replaced, never changed. */
export interface Draft {
  snapshot: RolloutSnapshot;
  readonly effects: RolloutEffect[];
  readonly decisions: DecisionDraft[];
  readonly now: Date;
}

export function beginStep(snapshot: RolloutSnapshot, now: Date): Draft {
  return { snapshot, effects: [], decisions: [], now };
}

export function finishStep({ snapshot, effects, decisions }: Draft): RolloutStep {
  return { next: snapshot, effects, decisions };
}

export function record(draft: Draft, decision: DecisionDraft): void {
  draft.decisions.push(decision);
  draft.snapshot = { ...draft.snapshot, why: { kind: decision.kind, message: decision.message, params: decision.params } };
}

export function setStage(draft: Draft, index: number, change: Partial<StageSnapshot>): void {
  draft.snapshot = {
    ...draft.snapshot,
    stages: draft.snapshot.stages.map((stage) => (stage.index === index ? { ...stage, ...change } : stage)),
  };
}

/** Adds an effect and shows its result in the snapshot. Nothing happens for no devices. */
export function act(draft: Draft, effect: RolloutEffect): void {
  if (effect.deviceIds.length === 0) return;
  draft.effects.push(effect);
  const touched = new Set(effect.deviceIds);
  draft.snapshot = {
    ...draft.snapshot,
    devices: draft.snapshot.devices.map((device) => (touched.has(device.deviceId) ? applyEffect(device, effect, draft.now) : device)),
  };
}

/** The number that a new assignment really gets is the database's to say; here it only grows. */
function applyEffect(device: RolloutDeviceSnapshot, effect: RolloutEffect, now: Date): RolloutDeviceSnapshot {
  const assigned = { seq: (device.seq ?? 0) + 1, assignedAt: now, updatedAt: now, reason: null, probe: null, settled: false };
  switch (effect.kind) {
    case "assign":
      return { ...device, ...assigned, state: device.online ? "ASSIGNED" : "UNREACHED" };
    case "withdraw":
      return { ...device, state: effect.to, assignedAt: null, updatedAt: now, settled: false };
    case "send-back":
      if (effect.settled)
        return { ...device, seq: (device.seq ?? 0) + 1, assignedAt: now, updatedAt: now, state: "REVERTED", settled: false };
      return { ...device, ...assigned, state: device.online ? "ASSIGNED" : "UNREACHED" };
    case "settle":
      return { ...device, settled: true };
    case "set-devices":
      return {
        ...device,
        state: effect.to,
        updatedAt: now,
        settled: staysSettled(device.settled, effect.to),
        ...(effect.reason === null ? {} : { reason: effect.reason }),
        ...(effect.again ? { reason: null, probe: null, assignedAt: null } : {}),
      };
    default:
      return effect satisfies never;
  }
}

/** Accepts what these devices are, as far as they are anything yet: a queued one is still to be assigned. */
export function settle(draft: Draft, devices: readonly RolloutDeviceSnapshot[]): void {
  const ready = devices.filter(({ settled, state }) => !settled && state !== "QUEUED" && !isApart(state));
  for (const from of new Set(ready.map(({ state }) => state))) {
    act(draft, { kind: "settle", deviceIds: idsOf(ready.filter(({ state }) => state === from)), from });
  }
}

export function tallyOf(devices: readonly RolloutDeviceSnapshot[]): Tally {
  const count = (holds: (device: RolloutDeviceSnapshot) => boolean) => devices.filter(holds).length;
  return {
    succeeded: count(({ state }) => state === "SUCCEEDED"),
    failed: count(({ state }) => isFailed(state)),
    refused: count(({ state }) => state === "REFUSED"),
    unreached: count(({ state }) => state === "UNREACHED"),
    current: count(({ state }) => state === "ALREADY_CURRENT"),
  };
}

export const idsOf = (devices: readonly RolloutDeviceSnapshot[]): string[] => devices.map(({ deviceId }) => deviceId);

/** The stage at work: the first that has not passed. */
export function currentStage(snapshot: RolloutSnapshot): StageSnapshot | undefined {
  return snapshot.stages.find(({ state }) => state !== "PASSED");
}

export const later = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1000);

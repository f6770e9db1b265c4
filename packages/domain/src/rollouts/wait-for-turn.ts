import { DEFAULT_OPTIONS } from "./default-options.ts";
import { currentStage } from "./edit-snapshot.ts";
import { findWindow } from "./find-window.ts";
import { nextPortionAt, type Paced } from "./pace-devices.ts";
import type { Cohort, RolloutPlan, RolloutSnapshot } from "./snapshot.ts";

/** Assignments written in one step; the rest follow in the next. */
export const WAVE_SIZE = 5000;

/** The rollout's pace with what of it is spent; null: none. */
export function pacedOf(plan: RolloutPlan, which: "pace" | "revertPace"): Paced | null {
  const pace = (plan.options ?? DEFAULT_OPTIONS)[which];
  const from = plan.pacedFrom ?? plan.startedAt;
  return pace === null || from === null ? null : { pace, pacedFrom: from, pacedAt: plan.pacedAt ?? null };
}

const windowsOf = (plan: RolloutPlan) => (plan.options ?? DEFAULT_OPTIONS).windows;

/** The time zones of these devices in which a window is open now. */
export function openZones(plan: RolloutPlan, cohorts: readonly Cohort[], now: Date): (string | null)[] {
  const zones = [...new Set(cohorts.map(({ timeZone }) => timeZone))];
  return zones.filter((zone) => findWindow(windowsOf(plan), zone ?? "UTC", now).open);
}

/** When the first of these devices' shut windows opens; null: none is shut, or it never does. */
export function opensNext(plan: RolloutPlan, cohorts: readonly Cohort[], now: Date): Date | null {
  const opens = [...new Set(cohorts.map(({ timeZone }) => timeZone))].map(
    (zone) => findWindow(windowsOf(plan), zone ?? "UTC", now).opensAt,
  );
  return opens.reduce((first, at) => (first === null || (at !== null && at < first) ? at : first), null);
}

/** Devices whose turn it is, and what they still wait for. */
export interface Waiting {
  readonly for: "window" | "pace" | "retry";
  readonly deviceCount: number;
  /** When the first of them goes on; null: nobody knows. */
  readonly until: Date | null;
}

/** Who of the stage at work waits, and for what. Nobody does in a rollout that does not run. */
export function waitingDevices(snapshot: RolloutSnapshot, now: Date): Waiting[] {
  const stage = currentStage(snapshot);
  if (snapshot.state !== "RUNNING" || stage === undefined) return [];
  const own = snapshot.cohorts.filter(({ stageIndex }) => stageIndex <= stage.index);
  const queued = own.filter(({ state, alreadyCurrent, refusalCode }) => state === "QUEUED" && !alreadyCurrent && refusalCode === null);
  const open = new Set(openZones(snapshot, queued, now));
  const paced = pacedOf(snapshot, "pace");
  const shut = queued.filter(({ timeZone }) => !open.has(timeZone));
  const next = queued.filter(({ timeZone }) => open.has(timeZone));
  const retrying = own.filter(({ retry }) => retry === "waiting");
  return [
    waiting("window", shut, opensNext(snapshot, shut, now)),
    ...(paced === null ? [] : [waiting("pace", next, nextPortionAt(paced, now))]),
    waiting("retry", retrying, firstOf(retrying)),
  ].filter(({ deviceCount }) => deviceCount > 0);
}

function waiting(what: Waiting["for"], cohorts: readonly Cohort[], until: Date | null): Waiting {
  return { for: what, deviceCount: cohorts.reduce((sum, { count }) => sum + count, 0), until };
}

function firstOf(cohorts: readonly Cohort[]): Date | null {
  return cohorts.reduce<Date | null>((first, { nextAt }) => (first === null || (nextAt !== null && nextAt < first) ? nextAt : first), null);
}

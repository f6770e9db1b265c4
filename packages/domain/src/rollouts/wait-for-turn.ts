import { DEFAULT_OPTIONS } from "./default-options.ts";
import { findWindow } from "./find-window.ts";
import type { Paced } from "./pace-devices.ts";
import type { Cohort, RolloutPlan } from "./snapshot.ts";

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

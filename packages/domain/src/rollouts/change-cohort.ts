import { isApart, isFailed, isInFlight, isOpen, staysSettled } from "./device-states.ts";
import { NO_MEASURES, UNREACHED_AFTER_MS } from "./form-cohorts.ts";
import type { Cohort, CohortFacts, RolloutEffect } from "./snapshot.ts";

/**
 * What an effect makes of a cohort as the rest of the same step sees it; the next look asks the devices again. What is only known of a queued
 * device (whether it is current, whether a variant fits) is not known of one that queues from now on.
 */
export function changeCohort(cohort: Cohort, effect: RolloutEffect, now: Date, deadlineMs: number): Cohort {
  const afresh = { settled: false, past: false, overdue: false, stale: false, reasonCode: null, retry: null } as const;
  const began = { ...NO_MEASURES, ...afresh, named: [], assigned: true, alreadyCurrent: false, refusalCode: null } as const;
  const state = cohort.online ? "ASSIGNED" : "UNREACHED";
  switch (effect.kind) {
    case "assign":
      return { ...cohort, ...began, state, superseded: false, goingBack: false, nextAt: endOf(state, null, now, deadlineMs) };
    case "withdraw":
      return { ...cohort, ...NO_MEASURES, ...afresh, named: [], state: effect.to, superseded: true, nextAt: null };
    case "send-back": {
      const to = effect.settled ? "REVERTED" : state;
      return { ...cohort, ...began, state: to, settled: effect.settled, goingBack: true, nextAt: endOf(to, null, now, deadlineMs) };
    }
    case "settle":
      return { ...cohort, ...NO_MEASURES, settled: true, retry: null };
    case "set-devices":
      return setState(cohort, effect, now, deadlineMs);
    default:
      return effect satisfies never;
  }
}

function setState(cohort: Cohort, effect: Extract<RolloutEffect, { kind: "set-devices" }>, now: Date, deadlineMs: number): Cohort {
  const { to, again } = effect;
  const forgets = again || isApart(to);
  const reason = effect.reason === "refusal" ? null : effect.reason;
  return {
    ...cohort,
    ...(forgets ? NO_MEASURES : {}),
    ...timeOf(cohort, to, again),
    state: to,
    settled: staysSettled(cohort.settled, to),
    alreadyCurrent: false,
    refusalCode: null,
    // Whether it is tried again by itself is asked by the next look, which comes at once after a step that changed something.
    retry: null,
    reasonCode: isFailed(to) ? (reason?.code ?? null) : null,
    named: again ? [] : reason === null ? cohort.named : cohort.named.map((device) => ({ ...device, reason })),
    nextAt: again || !isOpen(to) ? null : endOf(to, cohort.nextAt, now, deadlineMs),
  };
}

/** Its state has just changed: whoever comes back now has the stage's time again. */
function timeOf(cohort: Cohort, to: Cohort["state"], again: boolean): Pick<CohortFacts, "past" | "overdue" | "stale"> {
  return { past: cohort.past && isOpen(to) && !again, overdue: false, stale: false };
}

/** The earliest that can be next; what was next before may still be. */
function endOf(state: Cohort["state"], before: Date | null, now: Date, deadlineMs: number): Date | null {
  if (!isOpen(state)) return null;
  const own = now.getTime() + (isInFlight(state) ? Math.min(deadlineMs, UNREACHED_AFTER_MS) : deadlineMs);
  return before !== null && before > now && before.getTime() < own ? before : new Date(own);
}

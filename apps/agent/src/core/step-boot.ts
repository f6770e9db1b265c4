import type { Effect } from "./effect.ts";
import type { EventOf } from "./event.ts";
import { report } from "./report-state.ts";
import { type AgentState, isBusy, MAX_ATTEMPTS, type Step, stay } from "./state.ts";
import { beginWork } from "./step-assignment.ts";
import { activate, rollBack } from "./step-host.ts";

/**
 * After a start, clean or not: serve what is confirmed, first of all; then go on where the journal says the agent was.
 * An activation that was cut short counts as an attempt, and the attempt that would be the fourth is not made.
 */
export function stepBooted(state: AgentState, event: EventOf<"booted">): Step {
  const { journal } = event;
  const assignment = event.assignment?.seq === journal.seq ? event.assignment : null;
  const rested: AgentState = {
    ...state,
    journal,
    assignment,
    // An assignment without an outcome is not ACTIVE, whatever runs: it has yet to be begun.
    phase: journal.outcome?.phase ?? "IDLE",
  };
  const serve: Effect[] = journal.current === null ? [] : [{ kind: "start-host", slot: journal.current, role: "current" }];

  if (journal.trying !== null) {
    if (serve.length === 0) return stepResumeDue(rested);
    // On its own, since it begins with the journal: a disk that takes no journal must not keep from serving what is confirmed.
    return { state: rested, effects: [...serve, { kind: "schedule", delayMs: 0, event: { kind: "resume-due" } }] };
  }
  if (assignment !== null && journal.outcome === null) {
    const begun = beginWork(rested, assignment);
    return { state: begun.state, effects: [...serve, ...begun.effects] };
  }
  // What is about to serve speaks for itself once its host is ready; before that the device would seem to run nothing.
  if (serve.length > 0) return { state: rested, effects: serve };
  return { state: rested, effects: [report(rested, journal.outcome?.reason ? { reason: journal.outcome.reason } : {})] };
}

/** Goes on with an activation that was cut short. A newer assignment may have taken its place by now. */
export function stepResumeDue(state: AgentState): Step {
  const { trying } = state.journal;
  if (trying === null || isBusy(state.phase)) return stay(state);
  if (trying.attempts < MAX_ATTEMPTS) return activate(state, trying.slot);
  return rollBack(state, { code: "TOO_MANY_ATTEMPTS", message: tooMany(trying.attempts) });
}

function tooMany(attempts: number): string {
  return `The agent was ended ${attempts} times while it activated this release, so the release is not tried again: the previous one runs.`;
}

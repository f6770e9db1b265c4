import type { Effect } from "./effect.ts";
import type { EventOf } from "./event.ts";
import { report } from "./report-state.ts";
import { type AgentState, MAX_ATTEMPTS, type Step } from "./state.ts";
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
    phase: journal.outcome?.phase ?? (journal.current === null ? "IDLE" : "ACTIVE"),
  };
  const serve: Effect[] = journal.current === null ? [] : [{ kind: "start-host", slot: journal.current, role: "current" }];

  if (journal.trying !== null) {
    const after =
      journal.trying.attempts >= MAX_ATTEMPTS
        ? rollBack(rested, { code: "TOO_MANY_ATTEMPTS", message: tooMany(journal.trying.attempts) })
        : activate(rested, journal.trying.slot);
    return { state: after.state, effects: journalFirst(after.effects, serve) };
  }
  if (assignment !== null && journal.outcome === null) {
    const begun = beginWork(rested, assignment);
    return { state: begun.state, effects: [...serve, ...begun.effects] };
  }
  // What is about to serve speaks for itself once its host is ready; before that the device would seem to run nothing.
  if (serve.length > 0) return { state: rested, effects: serve };
  return { state: rested, effects: [report(rested, journal.outcome?.reason ? { reason: journal.outcome.reason } : {})] };
}

function journalFirst(effects: readonly Effect[], serve: readonly Effect[]): Effect[] {
  const [first, ...others] = effects;
  return first?.kind === "write-journal" ? [first, ...serve, ...others] : [...serve, ...effects];
}

function tooMany(attempts: number): string {
  return `The agent was ended ${attempts} times while it activated this release, so the release is not tried again: the previous one runs.`;
}

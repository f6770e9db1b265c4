import type { Assignment } from "@flotilla/contracts";
import type { Effect } from "./effect.ts";
import type { EventOf } from "./event.ts";
import { findSlot, type Journal } from "./journal.ts";
import { report, reportAgain } from "./report-state.ts";
import { type AgentState, isBusy, type Step, stay } from "./state.ts";

/** Begins an assignment at PREFLIGHT. The caller has already put it into the journal. */
export function beginWork(state: AgentState, assignment: Assignment): Step {
  const next: AgentState = { ...state, phase: "PREFLIGHT", assignment, work: state.work + 1, verified: null, retries: 0 };
  const { counters, slots } = next.journal;
  const slot = findSlot(next.journal, assignment.releaseId, assignment.variant.model.sha256);
  const goesBack = slot !== null && slots[slot]?.confirmed === true;
  const preflight: Effect = { kind: "preflight", work: next.work, assignment, counters, standby: slot !== null, goesBack };
  return { state: next, effects: [report(next), preflight] };
}

/** Gives up what is under way. A candidate that was starting or being probed is stopped; what serves goes on serving. */
function giveUp(state: AgentState): Effect[] {
  const effects: Effect[] = isBusy(state.phase) ? [{ kind: "cancel-work" }] : [];
  if (state.journal.trying !== null) effects.push({ kind: "stop-host", slot: state.journal.trying.slot });
  return effects;
}

/** A newer assignment replaces an older one at any point; an older or repeated one changes nothing. */
export function stepAssigned(state: AgentState, event: EventOf<"assigned">): Step {
  const { assignment } = event;
  const { journal } = state;
  if (assignment.seq < journal.seq) return stay(state);
  if (assignment.seq === journal.seq) {
    if (journal.outcome !== null || journal.trying !== null || isBusy(state.phase)) return stay(state);
    const begun = beginWork(state, assignment);
    return { state: begun.state, effects: [{ kind: "save-assignment", assignment }, ...begun.effects] };
  }
  const alreadyCurrent =
    journal.current !== null && findSlot(journal, assignment.releaseId, assignment.variant.model.sha256) === journal.current;
  const next: Journal = {
    ...journal,
    seq: assignment.seq,
    trying: null,
    outcome: alreadyCurrent ? { seq: assignment.seq, phase: "ACTIVE", reason: null } : null,
  };
  // A start under way must end before the next wait for the disk: the journal no longer counts it, and it would open its model.
  const durable: Effect[] = [{ kind: "write-journal", journal: next }, ...giveUp(state), { kind: "save-assignment", assignment }];
  if (alreadyCurrent) {
    const settled: AgentState = { ...state, journal: next, assignment, phase: "ACTIVE", work: state.work + 1, verified: null };
    return { state: settled, effects: [...durable, ...reportAgain(settled)] };
  }
  const begun = beginWork({ ...state, journal: next }, assignment);
  return { state: begun.state, effects: [...durable, ...begun.effects] };
}

/** The assignment was taken back. Before activation it is given up; what is confirmed keeps running. */
export function stepUnassigned(state: AgentState): Step {
  if (!isBusy(state.phase) || state.journal.trying !== null) return stay(state);
  const next: AgentState = {
    ...state,
    phase: state.journal.current === null ? "IDLE" : "ACTIVE",
    work: state.work + 1,
    assignment: null,
    verified: null,
  };
  return { state: next, effects: [{ kind: "cancel-work" }, ...reportAgain(next)] };
}

/** Numbers of assignments belong to an identity: under a new one they begin anew. What was proved here, and its counters, stay. */
export function stepReadmitted(state: AgentState): Step {
  const journal: Journal = { ...state.journal, seq: 0, trying: null, outcome: null };
  const next: AgentState = { ...state, journal, phase: "IDLE", assignment: null, work: state.work + 1, verified: null };
  return { state: next, effects: [{ kind: "write-journal", journal }, ...giveUp(state), report(next)] };
}

import type { Reason } from "@flotilla/contracts";
import type { Effect } from "./effect.ts";
import type { EventOf } from "./event.ts";
import { findSlot, type Journal, otherSlot, type SlotName } from "./journal.ts";
import { report, reportAgain, reportProgress } from "./report-state.ts";
import { type AgentState, jitteredDelay, type Step, stay } from "./state.ts";
import { activate } from "./step-host.ts";

/** Codes that mean "somebody or something tampers": an operator must see them. */
const SECURITY_CODES: ReadonlySet<Reason["code"]> = new Set([
  "ENVELOPE_INVALID",
  "SIGNATURE_INVALID",
  "SIGNED_BY_UNKNOWN_KEY",
  "RELEASE_REPLAYED",
  "DIGEST_MISMATCH",
  "LENGTH_MISMATCH",
]);

/** Ends the assignment without touching what runs. */
export function settle(state: AgentState, phase: "REFUSED" | "REJECTED", reason: Reason): Step {
  const journal: Journal = { ...state.journal, outcome: { seq: state.journal.seq, phase, reason } };
  const next: AgentState = { ...state, journal, phase, work: state.work + 1, verified: null };
  const effects: Effect[] = [{ kind: "write-journal", journal }, report(next, { reason })];
  if (SECURITY_CODES.has(reason.code)) effects.push({ kind: "report-security", reason, releaseId: state.assignment?.releaseId ?? null });
  effects.push({ kind: "clean-downloads" });
  return { state: next, effects };
}

function standbySlot(state: AgentState): SlotName | null {
  const { assignment, journal } = state;
  return assignment === null ? null : findSlot(journal, assignment.releaseId, assignment.variant.model.sha256);
}

function verify(state: AgentState): Step {
  if (state.assignment === null) return stay(state);
  const next: AgentState = { ...state, phase: "VERIFYING" };
  const effect: Effect = {
    kind: "verify",
    work: next.work,
    assignment: state.assignment,
    counters: state.journal.counters,
    slot: standbySlot(state),
  };
  return { state: next, effects: [report(next), effect] };
}

/** What lies verified in the other slot needs no byte from the network: a revert works offline. */
export function stepPreflightPassed(state: AgentState): Step {
  if (state.phase !== "PREFLIGHT" || state.assignment === null) return stay(state);
  if (standbySlot(state) !== null) return verify(state);
  const next: AgentState = { ...state, phase: "DOWNLOADING" };
  return { state: next, effects: [report(next), { kind: "download", work: next.work, assignment: state.assignment }] };
}

/** PREFLIGHT found a number that does not fit, or the slot could not be written. */
export function stepPreflightRefused(state: AgentState, event: EventOf<"preflight-refused"> | EventOf<"staging-failed">): Step {
  if (!["PREFLIGHT", "DOWNLOADING", "STAGED"].includes(state.phase)) return stay(state);
  return settle(state, "REFUSED", event.reason);
}

export function stepProgressed(state: AgentState, event: EventOf<"progressed">): Step {
  return state.phase === "DOWNLOADING" ? { state, effects: [reportProgress(state, event.fraction)] } : stay(state);
}

export function stepDownloaded(state: AgentState): Step {
  return state.phase === "DOWNLOADING" ? verify(state) : stay(state);
}

/** A network that fails is waited out, for ever: being offline is no fault of the release. */
export function stepDownloadFailed(state: AgentState, event: EventOf<"download-failed">, random: number): Step {
  if (state.phase !== "DOWNLOADING") return stay(state);
  if (event.reason.code === "NOT_ENOUGH_DISK") return settle(state, "REFUSED", event.reason);
  const next: AgentState = { ...state, retries: state.retries + 1 };
  const delayMs = jitteredDelay(state.retries, random);
  return { state: next, effects: [{ kind: "schedule", delayMs, event: { kind: "retry-due", work: state.work } }] };
}

export function stepRetryDue(state: AgentState): Step {
  if (state.phase !== "DOWNLOADING" || state.assignment === null) return stay(state);
  return { state, effects: [{ kind: "download", work: state.work, assignment: state.assignment }] };
}

/** The envelope or a file is not what was signed. */
export function stepRejected(state: AgentState, event: EventOf<"rejected">): Step {
  if (!["PREFLIGHT", "DOWNLOADING", "VERIFYING", "STAGED"].includes(state.phase)) return stay(state);
  const slot = state.phase === "VERIFYING" ? standbySlot(state) : null;
  const settled = settle(state, "REJECTED", event.reason);
  if (slot === null || slot === settled.state.journal.current) return settled;
  // The standby slot no longer holds what was once verified: forget it, so that a next assignment fetches it anew.
  const journal: Journal = { ...settled.state.journal, previous: null, slots: { ...settled.state.journal.slots, [slot]: null } };
  const effects = settled.effects.map((effect) => (effect.kind === "write-journal" ? { ...effect, journal } : effect));
  return { state: { ...settled.state, journal }, effects };
}

/** Every byte is proved. What lies in the target slot is given up only now, and in the journal before on the disk. */
export function stepVerified(state: AgentState, event: EventOf<"verified">): Step {
  if (state.phase !== "VERIFYING" || state.assignment === null) return stay(state);
  const standby = standbySlot(state);
  if (standby !== null && standby === state.journal.current) return alreadyRuns(state);
  if (standby !== null) {
    const staged: AgentState = { ...state, phase: "STAGED", verified: event.record };
    const activated = activate(staged, standby);
    const [first, ...others] = activated.effects;
    return { state: activated.state, effects: first === undefined ? [] : [first, report(staged), ...others] };
  }
  const slot = otherSlot(state.journal.current);
  const journal: Journal = { ...state.journal, previous: null, slots: { ...state.journal.slots, [slot]: null } };
  const next: AgentState = { ...state, journal, phase: "STAGED", verified: event.record };
  return {
    state: next,
    effects: [
      { kind: "write-journal", journal },
      report(next),
      { kind: "stage", work: next.work, assignment: state.assignment, slot, record: event.record },
    ],
  };
}

/** The release was fallen back to while it was being verified: it runs, and there is nothing left to activate. */
function alreadyRuns(state: AgentState): Step {
  const journal: Journal = { ...state.journal, outcome: { seq: state.journal.seq, phase: "ACTIVE", reason: null } };
  const next: AgentState = { ...state, journal, phase: "ACTIVE", work: state.work + 1, verified: null };
  return { state: next, effects: [{ kind: "write-journal", journal }, ...reportAgain(next)] };
}

export function stepStaged(state: AgentState): Step {
  if (state.phase !== "STAGED" || state.verified === null) return stay(state);
  const slot = otherSlot(state.journal.current);
  const journal: Journal = { ...state.journal, slots: { ...state.journal.slots, [slot]: { ...state.verified, confirmed: false } } };
  return activate({ ...state, journal }, slot);
}

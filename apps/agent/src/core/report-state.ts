import type { ProbeResult, Reason } from "@flotilla/contracts";
import type { Effect, EffectOf, StateBody } from "./effect.ts";
import { otherSlot, type SlotRecord } from "./journal.ts";
import type { AgentState } from "./state.ts";

function shortOf(record: SlotRecord | null): { releaseId: string; variantSha256: string } | null {
  return record === null ? null : { releaseId: record.releaseId, variantSha256: record.variantSha256 };
}

/** What the device says about itself in this state. `standby` names only what has once been confirmed: it can run without a download. */
export function stateBody(state: AgentState, extra: { progress?: number; reason?: Reason; probe?: ProbeResult } = {}): StateBody {
  const { journal, serving, assignment } = state;
  const standby = journal.slots[otherSlot(journal.current)];
  return {
    seq: journal.seq,
    phase: state.phase,
    releaseId: assignment?.releaseId ?? null,
    variantSha256: assignment?.variant.model.sha256 ?? null,
    running: serving === null ? null : shortOf(journal.slots[serving]),
    standby: standby?.confirmed === true && journal.current !== null ? shortOf(standby) : null,
    ...extra,
  };
}

export function report(state: AgentState, extra: { reason?: Reason; probe?: ProbeResult } = {}): EffectOf<"report-state"> {
  const reason = extra.reason ?? state.fault;
  return { kind: "report-state", body: stateBody(state, reason === null ? extra : { ...extra, reason }), durable: true };
}

/**
 * What the device says when nothing new has happened to its assignment: with the proof of its outcome, since the report that brought it may
 * be the one that was lost. Nothing while what is confirmed is being started: its host's answer speaks, and ACTIVE before that would be
 * said of a device that runs nothing.
 */
export function reportAgain(state: AgentState): EffectOf<"report-state">[] {
  const { outcome, seq } = state.journal;
  if (isStarting(state)) return [];
  const proof = outcome !== null && state.proof?.seq === seq ? { probe: state.proof.probe } : {};
  return [report(state, outcome?.reason ? { ...proof, reason: outcome.reason } : proof)];
}

/** true until the confirmed release has answered or failed for the first time: a crash is reported, and what follows it is no news. */
function isStarting({ journal, serving, crashes }: AgentState): boolean {
  return journal.current !== null && serving === null && crashes === 0;
}

/** Progress is worth nothing once it is old: it is never spooled. */
export function reportProgress(state: AgentState, progress: number): Effect {
  return { kind: "report-state", body: stateBody(state, { progress }), durable: false };
}

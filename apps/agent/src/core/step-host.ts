import type { ProbeResult, Reason } from "@flotilla/contracts";
import type { Effect } from "./effect.ts";
import type { EventOf } from "./event.ts";
import { type Journal, otherSlot, type SlotName } from "./journal.ts";
import { report, reportAgain } from "./report-state.ts";
import { beginWork } from "./step-assignment.ts";
import { type AgentState, isBusy, jitteredDelay, MAX_CRASHES, type Step, STABLE_MS, stay } from "./state.ts";

/** Codes that mean that a slot no longer holds what was verified when it was staged: its model, or the envelope beside it. */
const ROTTEN: ReadonlySet<Reason["code"]> = new Set([
  "DIGEST_MISMATCH",
  "LENGTH_MISMATCH",
  "ENVELOPE_INVALID",
  "SIGNATURE_INVALID",
  "SIGNED_BY_UNKNOWN_KEY",
]);

/** Starts the host of `slot` beside the one that serves. The attempt is in the journal before the model is opened. */
export function activate(state: AgentState, slot: SlotName): Step {
  const attempts = state.journal.trying?.slot === slot ? state.journal.trying.attempts + 1 : 1;
  const journal: Journal = { ...state.journal, trying: { slot, seq: state.journal.seq, attempts } };
  const next: AgentState = { ...state, journal, phase: "ACTIVATING" };
  return { state: next, effects: [{ kind: "write-journal", journal }, report(next), { kind: "start-host", slot, role: "candidate" }] };
}

/** The candidate failed: what served goes on serving, and the release is bad for this assignment. */
export function rollBack(state: AgentState, reason: Reason, probe: ProbeResult | null = null): Step {
  const { trying } = state.journal;
  const journal: Journal = { ...state.journal, trying: null, outcome: { seq: state.journal.seq, phase: "ROLLED_BACK", reason } };
  const proof = probe === null ? state.proof : { seq: journal.seq, probe };
  const next: AgentState = { ...state, journal, phase: "ROLLED_BACK", work: state.work + 1, verified: null, proof };
  const effects: Effect[] = [{ kind: "write-journal", journal }];
  if (trying !== null) effects.push({ kind: "stop-host", slot: trying.slot });
  effects.push(report(next, probe === null ? { reason } : { reason, probe }), { kind: "clean-downloads" });
  return { state: next, effects };
}

export function stepHostReady(state: AgentState, event: EventOf<"host-ready">): Step {
  const { journal } = state;
  if (state.phase === "ACTIVATING" && journal.trying?.slot === event.slot) {
    const next: AgentState = { ...state, phase: "PROBING" };
    const record = journal.slots[event.slot];
    const probe: Effect = {
      kind: "probe",
      work: state.work,
      slot: event.slot,
      baseline: state.serving,
      // A release that once proved itself here may come back even where it is slower than the one it replaces: that is what a revert is for.
      judgeRatios: record?.confirmed !== true,
    };
    return { state: next, effects: [report(next), probe] };
  }
  if (event.slot !== journal.current) return { state, effects: [{ kind: "stop-host", slot: event.slot }] };
  const next: AgentState = { ...state, serving: event.slot };
  return {
    state: next,
    effects: [{ kind: "serve", slot: event.slot }, ...reportAgain(next)],
  };
}

/** Only a passed probe is success: now, and not before, the journal names the new slot as current. */
export function stepProbePassed(state: AgentState, event: EventOf<"probe-passed">): Step {
  const { journal } = state;
  const slot = journal.trying?.slot;
  const record = slot === undefined ? null : journal.slots[slot];
  if (state.phase !== "PROBING" || slot === undefined || record === null) return stay(state);
  const old = journal.current;
  const confirmed: Journal = {
    ...journal,
    current: slot,
    previous: old,
    trying: null,
    slots: { ...journal.slots, [slot]: { ...record, confirmed: true } },
    counters: { ...journal.counters, [record.modelId]: Math.max(journal.counters[record.modelId] ?? 0, record.counter) },
    outcome: { seq: journal.seq, phase: "ACTIVE", reason: null },
  };
  const next: AgentState = {
    ...state,
    journal: confirmed,
    phase: "ACTIVE",
    serving: slot,
    work: state.work + 1,
    verified: null,
    crashes: 0,
    proof: { seq: journal.seq, probe: event.probe },
  };
  return {
    state: next,
    effects: [
      { kind: "write-journal", journal: confirmed },
      { kind: "mark-confirmed", slot, seq: journal.seq },
      { kind: "serve", slot },
      report(next, { probe: event.probe }),
      ...(old === null ? [] : [{ kind: "stop-host", slot: old } as const]),
      { kind: "clean-downloads" },
    ],
  };
}

export function stepProbeFailed(state: AgentState, event: EventOf<"probe-failed">): Step {
  return state.phase === "PROBING" ? rollBack(state, event.reason, event.probe) : stay(state);
}

/**
 * A host ended or hung. The candidate's end is a rollback. The confirmed one is started again with a growing wait; the third
 * crash in a row takes the previous slot, where there is one, and otherwise the agent never gives up.
 */
export function stepHostFailed(state: AgentState, event: EventOf<"host-failed">, now: number, random: number): Step {
  const { journal } = state;
  if (journal.trying?.slot === event.slot) return rollBack(state, event.reason);
  if (event.slot !== journal.current) return stay(state);
  const crashes = now - state.lastCrashAt > STABLE_MS ? 1 : state.crashes + 1;
  const down: AgentState = { ...state, serving: null, crashes, lastCrashAt: now };
  const rotten = ROTTEN.has(event.reason.code);
  if (journal.trying === null && journal.previous !== null && (rotten || crashes >= MAX_CRASHES))
    return fallBack(down, journal.previous, event.reason);
  if (journal.trying === null && rotten && !isBusy(state.phase)) return fetchAgain(down, event.slot);
  return {
    state: down,
    effects: [
      { kind: "serve", slot: null },
      report(down, { reason: event.reason }),
      { kind: "schedule", delayMs: crashes === 1 ? 50 : jitteredDelay(crashes, random, 500, 60_000), event: { kind: "restart-due" } },
    ],
  };
}

/** The only release on the device was damaged on the disk, and nothing else could run: the same assignment begins anew. */
function fetchAgain(state: AgentState, slot: SlotName): Step {
  const journal: Journal = { ...state.journal, current: null, slots: { ...state.journal.slots, [slot]: null }, outcome: null };
  const idle: AgentState = { ...state, journal, phase: "IDLE" };
  // Without the assignment at hand the server's next answer begins it: it has no outcome any more.
  const begun = state.assignment === null ? { state: idle, effects: [report(idle)] } : beginWork(idle, state.assignment);
  return { state: begun.state, effects: [{ kind: "write-journal", journal }, { kind: "serve", slot: null }, ...begun.effects] };
}

/** The confirmed release does not hold: the one before it runs again. */
function fallBack(state: AgentState, previous: SlotName, reason: Reason): Step {
  const bad = otherSlot(previous);
  const record = state.journal.slots[bad];
  const journal: Journal = {
    ...state.journal,
    current: previous,
    previous: null,
    // A slot that no longer holds what was signed is forgotten, so that the release can be fetched anew.
    slots: { ...state.journal.slots, [bad]: record === null || ROTTEN.has(reason.code) ? null : { ...record, confirmed: false } },
    outcome: { seq: state.journal.seq, phase: "ROLLED_BACK", reason },
  };
  const busy = ["PREFLIGHT", "DOWNLOADING", "VERIFYING", "STAGED"].includes(state.phase);
  // A newer release that is on its way may be the cure: it goes on, and its outcome stays open.
  const kept: Journal = busy ? { ...journal, outcome: null } : journal;
  const next: AgentState = { ...state, journal: kept, phase: busy ? state.phase : "ROLLED_BACK", crashes: 0 };
  return {
    state: next,
    effects: [
      { kind: "write-journal", journal: kept },
      { kind: "serve", slot: null },
      { kind: "start-host", slot: previous, role: "current" },
      ...(busy ? [] : [report(next, { reason })]),
    ],
  };
}

export function stepRestartDue(state: AgentState): Step {
  if (state.journal.current === null || state.serving !== null) return stay(state);
  return { state, effects: [{ kind: "start-host", slot: state.journal.current, role: "current" }] };
}

/** What the event decides has to wait for the journal, but a host that has ended serves nothing from now on, and no probe of it counts. */
export function stepUnwritten(state: AgentState, { event }: EventOf<"unwritten">): Step {
  if (event.kind !== "host-failed") return stay(state);
  if (event.slot === state.journal.trying?.slot) return { state: { ...state, work: state.work + 1 }, effects: [] };
  if (event.slot !== state.serving) return stay(state);
  return { state: { ...state, serving: null }, effects: [{ kind: "serve", slot: null }] };
}

import type { AgentPhase, Assignment, ProbeResult, Reason } from "@flotilla/contracts";
import { emptyJournal, type Journal, type SlotName, type SlotRecord } from "./journal.ts";
import type { Effect } from "./effect.ts";

/** Attempts to activate a release before it is bad for its assignment: a power cut may take two, a model that takes the agent down takes all. */
export const MAX_ATTEMPTS = 3;
/** Crashes of the confirmed release, each sooner than STABLE_MS after the one before, until the previous slot takes over. */
export const MAX_CRASHES = 3;
export const STABLE_MS = 10 * 60_000;

/** Everything that the core decides from. `journal` is durable, the rest is rebuilt at start. */
export type AgentState = {
  readonly phase: AgentPhase;
  readonly journal: Journal;
  /** The assignment of `journal.seq`, where it is known. */
  readonly assignment: Assignment | null;
  /** Number of the work under way; grows whenever work begins or is given up, so that late answers can be told apart. */
  readonly work: number;
  /** Verified and on its way into a slot. */
  readonly verified: SlotRecord | null;
  /** The slot whose host answers applications. */
  readonly serving: SlotName | null;
  /** Failed tries of the download under way: sets the wait before the next. */
  readonly retries: number;
  readonly crashes: number;
  readonly lastCrashAt: number;
  /** What the newest probe of this life of the agent measured, and under which assignment. */
  readonly proof: { readonly seq: number; readonly probe: ProbeResult } | null;
  /** What is wrong with the device itself: said in every report that has no other reason. */
  readonly fault: Reason | null;
};

export type Step = { readonly state: AgentState; readonly effects: readonly Effect[] };

export function initialState(): AgentState {
  return {
    phase: "IDLE",
    journal: emptyJournal(),
    assignment: null,
    work: 0,
    verified: null,
    serving: null,
    retries: 0,
    crashes: 0,
    lastCrashAt: 0,
    proof: null,
    fault: null,
  };
}

/** Nothing happened. */
export function stay(state: AgentState): Step {
  return { state, effects: [] };
}

/** true while an assignment is being worked on, that is, has no outcome yet. */
export function isBusy(phase: AgentPhase): boolean {
  return ["PREFLIGHT", "DOWNLOADING", "VERIFYING", "STAGED", "ACTIVATING", "PROBING"].includes(phase);
}

/** Wait with exponential growth and full jitter: uniform in (0, min(cap, base·2^tries)]. */
export function jitteredDelay(tries: number, random: number, baseMs = 1000, capMs = 300_000): number {
  return Math.max(50, Math.round(random * Math.min(capMs, baseMs * 2 ** Math.min(tries, 20))));
}

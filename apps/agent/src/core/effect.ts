import type { AgentPhase, Assignment, ProbeResult, Reason } from "@flotilla/contracts";
import type { Journal, SlotName, SlotRecord } from "./journal.ts";

type Running = { releaseId: string; variantSha256: string };

/** A state report without the numbers that the spool gives it. */
export type StateBody = {
  seq: number;
  phase: AgentPhase;
  releaseId: string | null;
  variantSha256: string | null;
  running: Running | null;
  standby: Running | null;
  progress?: number;
  reason?: Reason;
  probe?: ProbeResult;
};

/**
 * What the core asks of the world. `write-journal` and `save-assignment` are awaited, in order, before the effects behind them;
 * the others are begun in order and answer with an event. Where a step changes the journal, `write-journal` comes first: if it
 * cannot be written, nothing has happened.
 */
export type Effect =
  | { kind: "write-journal"; journal: Journal }
  | { kind: "save-assignment"; assignment: Assignment }
  | { kind: "mark-confirmed"; slot: SlotName; seq: number }
  | { kind: "cancel-work" }
  /** `standby`: its files lie in a slot. `goesBack`: it was confirmed there, so that an older counter is a revert and no replay. */
  | { kind: "preflight"; work: number; assignment: Assignment; counters: Journal["counters"]; standby: boolean; goesBack: boolean }
  | { kind: "download"; work: number; assignment: Assignment }
  | { kind: "verify"; work: number; assignment: Assignment; counters: Journal["counters"]; slot: SlotName | null }
  | { kind: "stage"; work: number; assignment: Assignment; slot: SlotName; record: SlotRecord }
  | { kind: "start-host"; slot: SlotName; role: "current" | "candidate" }
  | { kind: "stop-host"; slot: SlotName }
  | { kind: "serve"; slot: SlotName | null }
  | { kind: "probe"; work: number; slot: SlotName; baseline: SlotName | null; judgeRatios: boolean }
  | { kind: "report-state"; body: StateBody; durable: boolean }
  | { kind: "report-security"; reason: Reason; releaseId: string | null }
  | { kind: "clean-downloads" }
  | { kind: "schedule"; delayMs: number; event: { kind: "retry-due"; work: number } | { kind: "restart-due" } | { kind: "resume-due" } };

export type EffectOf<K extends Effect["kind"]> = Extract<Effect, { kind: K }>;

/** One executor a kind. A new kind of effect does not compile until it has one here. */
export type Executors = { readonly [K in Effect["kind"]]: (effect: EffectOf<K>) => Promise<void> };

import type { RolloutDeviceState } from "@flotilla/contracts";
import type {
  Cohort,
  DecisionDraft,
  RolloutEffect,
  RolloutSnapshot,
  RolloutStep,
  Selector,
  StageSnapshot,
  StateCount,
} from "./snapshot.ts";
import { changeCohort } from "./change-cohort.ts";
import type { Tally } from "./decisions.ts";
import { isFailed, SETTLEABLE_STATES } from "./device-states.ts";
import { deadlineMsOf, selects } from "./form-cohorts.ts";

/** A step under construction. Snapshots are replaced, never changed. */
export interface Draft {
  snapshot: RolloutSnapshot;
  readonly effects: RolloutEffect[];
  readonly decisions: DecisionDraft[];
  readonly now: Date;
}

export function beginStep(snapshot: RolloutSnapshot, now: Date): Draft {
  return { snapshot, effects: [], decisions: [], now };
}

export function finishStep({ snapshot, effects, decisions }: Draft): RolloutStep {
  return { next: snapshot, effects, decisions };
}

export function record(draft: Draft, decision: DecisionDraft): void {
  draft.decisions.push(decision);
  draft.snapshot = { ...draft.snapshot, why: { kind: decision.kind, message: decision.message, params: decision.params } };
}

export function setStage(draft: Draft, index: number, change: Partial<StageSnapshot>): void {
  draft.snapshot = {
    ...draft.snapshot,
    stages: draft.snapshot.stages.map((stage) => (stage.index === index ? { ...stage, ...change } : stage)),
  };
}

/**
 * Adds an effect and shows its result in the snapshot. Nothing happens for no devices.
 * @returns how many devices it is for
 */
export function act(draft: Draft, effect: RolloutEffect): number {
  const { snapshot, now } = draft;
  const cohorts: Cohort[] = [];
  const counts = new Map<string, StateCount>();
  let left = "limit" in effect ? effect.limit : Infinity;
  let touched = 0;
  for (const cohort of snapshot.cohorts) {
    const count = selects(effect.who, cohort) ? Math.min(cohort.count, left) : 0;
    if (count < cohort.count) cohorts.push({ ...cohort, count: cohort.count - count, named: cohort.named.slice(count) });
    if (count === 0) continue;
    const changed = changeCohort({ ...cohort, count }, effect, now, deadlineMsOf(snapshot.stages, cohort.stageIndex));
    cohorts.push(changed);
    add(counts, cohort, -count);
    add(counts, changed, count);
    left -= count;
    touched += count;
  }
  if (touched === 0) return 0;
  draft.effects.push(effect);
  for (const count of snapshot.counts) add(counts, count, count.count);
  draft.snapshot = { ...snapshot, cohorts, counts: [...counts.values()].filter(({ count }) => count !== 0) };
  return touched;
}

function add(counts: Map<string, StateCount>, { stageIndex, state }: Omit<StateCount, "count">, count: number): void {
  const key = `${stageIndex} ${state}`;
  counts.set(key, { stageIndex, state, count: (counts.get(key)?.count ?? 0) + count });
}

/** Accepts what these devices are, as far as they are anything yet: a queued one is still to be assigned. */
export function settle(draft: Draft, who: Selector): void {
  act(draft, { kind: "settle", who: { state: SETTLEABLE_STATES, ...who, settled: [false] } });
}

/** Counts of a rollout, or of one stage. */
export function tallyOf({ counts }: RolloutSnapshot, stageIndex?: number): Tally {
  const own = stageIndex === undefined ? counts : counts.filter((count) => count.stageIndex === stageIndex);
  const sum = (holds: (state: RolloutDeviceState) => boolean) =>
    own.reduce((total, { state, count }) => (holds(state) ? total + count : total), 0);
  return {
    succeeded: sum((state) => state === "SUCCEEDED"),
    failed: sum(isFailed),
    refused: sum((state) => state === "REFUSED"),
    unreached: sum((state) => state === "UNREACHED"),
    current: sum((state) => state === "ALREADY_CURRENT"),
  };
}

/** All devices, or those of one stage. */
export function deviceCount({ counts }: Pick<RolloutSnapshot, "counts">, stageIndex?: number): number {
  return counts.reduce((total, count) => (stageIndex === undefined || count.stageIndex === stageIndex ? total + count.count : total), 0);
}

export const countWhere = (cohorts: readonly Cohort[], holds: (cohort: Cohort) => boolean): number =>
  cohorts.reduce((total, cohort) => (holds(cohort) ? total + cohort.count : total), 0);

/** The stages up to one, as a selector names them. */
export const upTo = (stageIndex: number): number[] => Array.from({ length: stageIndex + 1 }, (_, index) => index);

/** The stage at work: the first that has not passed. */
export function currentStage(snapshot: Pick<RolloutSnapshot, "stages">): StageSnapshot | undefined {
  return snapshot.stages.find(({ state }) => state !== "PASSED");
}

export const later = (from: Date, seconds: number): Date => new Date(from.getTime() + seconds * 1000);

import type { Measurement } from "./candidate.ts";

/** Whatever is absent does not matter. */
export interface Goal {
  readonly maxBytes?: number;
  readonly maxMs?: number;
  readonly minSpeedup?: number;
  /** Of the steering score, 0 to 1. A highest accuracy drop is this, counted from the original's accuracy. */
  readonly minScore?: number;
}

/** One thing that a candidate lacks; `by` is the distance in the measure's unit, `relative` in shares of what was wanted. */
export interface Shortfall {
  readonly measure: "sizeBytes" | "latencyMs" | "speedup" | "score";
  readonly wanted: number;
  readonly got: number | null;
  readonly by: number;
  readonly relative: number;
}

export function shortfalls(goal: Goal, measured: Measurement): Shortfall[] {
  return [
    lack("sizeBytes", goal.maxBytes, measured.sizeBytes, "atMost"),
    lack("latencyMs", goal.maxMs, measured.latencyMs, "atMost"),
    lack("speedup", goal.minSpeedup, measured.speedup, "atLeast"),
    lack("score", goal.minScore, measured.score, "atLeast"),
  ].filter((found) => found !== null);
}

/** How far a candidate is from the goal in all: what "nearest" means. 0 when it meets it. */
export function distance(goal: Goal, measured: Measurement): number {
  return shortfalls(goal, measured).reduce((total, { relative }) => total + relative, 0);
}

/**
 * One standard error of a share measured on `samples`: a candidate that passes by less may fail on the next data, most likely if the search stopped
 * at the first that passed.
 */
export function safetyMargin(goal: Goal, samples: number): number {
  const share = goal.minScore ?? 0;
  return samples > 0 ? Math.sqrt(Math.max(0, share * (1 - share)) / samples) : 0;
}

/** Meets the goal with the score's safety margin to spare, as far as 100 % allows. */
export function meetsSafely(goal: Goal, measured: Measurement): boolean {
  const safe = goal.minScore === undefined ? undefined : Math.min(1, goal.minScore + safetyMargin(goal, measured.samples));
  return shortfalls(safe === undefined ? goal : { ...goal, minScore: safe }, measured).length === 0;
}

function lack(measure: Shortfall["measure"], wanted: number | undefined, got: number | null, kind: "atMost" | "atLeast"): Shortfall | null {
  if (wanted === undefined) return null;
  if (got === null || Number.isNaN(got)) return { measure, wanted, got: null, by: Math.abs(wanted), relative: 1 };
  const by = kind === "atMost" ? got - wanted : wanted - got;
  return by <= 0 ? null : { measure, wanted, got, by, relative: by / Math.max(Math.abs(wanted), 1e-12) };
}

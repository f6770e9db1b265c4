import type { SearchCandidate, SearchFindings, SearchGoal } from "@flotilla/contracts";
import type { ParetoBudget } from "@flotilla/ui/charts";

/** The goal as lines in the plot: a speed-up is a latency, a loss of accuracy is a score. */
export function budgetOf(goal: SearchGoal, source: SearchFindings["source"]): ParetoBudget {
  const bySpeed = goal.minSpeedup === null || source.latencyMs === null ? null : source.latencyMs / goal.minSpeedup;
  const limits = [goal.maxLatencyMs, bySpeed].filter((limit) => limit !== null);
  return {
    maxSizeBytes: goal.maxSizeBytes,
    maxLatencyMs: limits.length === 0 ? null : Math.min(...limits),
    minAgreement: leastScore(goal, source),
  };
}

export function leastScore(goal: SearchGoal, source: SearchFindings["source"]): number | null {
  if (goal.minAgreement !== null) return goal.minAgreement;
  return goal.maxAccuracyDrop === null ? null : source.score - goal.maxAccuracyDrop / 100;
}

/** What a candidate misses the goal by, in the units of what it misses; null: it was not measured. */
export interface Missed {
  measure: "size" | "latency" | "speedup" | "score";
  by: number | null;
}

export function missedBy(goal: SearchGoal, source: SearchFindings["source"], measured: NonNullable<SearchCandidate["measured"]>): Missed[] {
  return [
    over("size", measured.sizeBytes, goal.maxSizeBytes),
    over("latency", measured.latencyMs, goal.maxLatencyMs),
    under("speedup", measured.speedup, goal.minSpeedup),
    under("score", measured.score, leastScore(goal, source)),
  ].filter((missed) => missed !== null);
}

function over(measure: Missed["measure"], got: number | null, limit: number | null): Missed | null {
  if (limit === null) return null;
  if (got === null) return { measure, by: null };
  return got > limit ? { measure, by: got - limit } : null;
}

function under(measure: Missed["measure"], got: number | null, limit: number | null): Missed | null {
  if (limit === null) return null;
  if (got === null) return { measure, by: null };
  return got < limit ? { measure, by: limit - got } : null;
}

import type { Measurement } from "./candidate.ts";
import { type Goal, meetsSafely, shortfalls } from "./check-goal.ts";
import type { LayerSensitivity } from "./sensitivity.ts";

/** One set of layers in float, and what was measured with it. Null where it could not be built. */
export interface Trial {
  readonly exclude: readonly string[];
  readonly measured: Measurement | null;
}

/** Everything that the loop knows, as plain JSON: a killed worker goes on from the last of these that was saved. */
export interface FallBackState {
  readonly version: 1;
  /** Layers in the order in which they go back to float. */
  readonly order: readonly string[];
  readonly trials: readonly Trial[];
}

export interface FallBackLimits {
  /** Trials in all, the first one (nothing in float) included. Default 14. */
  readonly maxTrials?: number;
}

const MAX_TRIALS = 14;
/** Of the layers in the smallest set that holds, so many are tried in integers once more. */
const MAX_RETURNS = 3;

/**
 * Accuracy-aware fallback, as NNCF's `quantize_with_accuracy_control` does it (revert the worst layer, measure, repeat), but ranked by a measured
 * noise per byte, doubling and then halving the number of layers instead of going one by one, and giving back what turned out not to be needed.
 *
 * Layers whose weights are small and whose noise is large go first, so the set that holds the goal is the smallest file. In the networks that we
 * have those are the first ones, next to each other: between two float layers nothing is rounded, so noise also leaves the activations.
 */
export function orderByNoisePerByte(rows: readonly LayerSensitivity[], budgetBytes = Infinity): string[] {
  const ranked = rows
    .filter((row) => row.outputNoise > 0)
    .toSorted((a, b) => b.outputNoise / (b.parameters + OVERHEAD) - a.outputNoise / (a.parameters + OVERHEAD));
  let left = budgetBytes;
  return ranked.flatMap(({ layer, parameters }) => {
    // Float instead of int8: three bytes more for each weight.
    const costs = 3 * parameters;
    if (costs > left) return [];
    left -= costs;
    return [layer];
  });
}

/** Parameters that a layer's bookkeeping is worth, so that a layer of ten weights is not infinitely cheap. */
const OVERHEAD = 100;

export function startFallBack(order: readonly string[]): FallBackState {
  return { version: 1, order, trials: [] };
}

export function recordTrial(state: FallBackState, trial: Trial): FallBackState {
  return { ...state, trials: [...state.trials, trial] };
}

/** The next set of layers to put back to float, or null: the state alone decides, so that a loop that was stopped goes on as if it had not been. */
export function nextTrial(state: FallBackState, goal: Goal, limits: FallBackLimits = {}): readonly string[] | null {
  if (state.trials.length >= (limits.maxTrials ?? MAX_TRIALS)) return null;
  const growing = growOrHalve(state, goal);
  return growing ?? tryReturning(state, goal);
}

/** The best set so far: the smallest that meets the goal safely; else the least noisy that just meets it; else the highest score. */
export function bestTrial(state: FallBackState, goal: Goal): Trial | null {
  const rank = ({ measured }: Trial): readonly number[] => {
    if (measured === null) return [3, 0, 0];
    if (meetsSafely(goal, measured)) return [0, measured.sizeBytes, -measured.score];
    return shortfalls(goal, measured).length === 0
      ? [1, -(measured.sqnrDb ?? Number.MAX_VALUE), -measured.score]
      : [2, -measured.score, measured.sizeBytes];
  };
  return state.trials.toSorted((a, b) => compare(rank(a), rank(b)))[0] ?? null;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) if (value !== b[at]) return value - (b[at] ?? 0);
  return 0;
}

/** 0, 1, 2, 4, 8 … layers until the score is safe, then halving the gap between the last that was not and the first that was. */
function growOrHalve(state: FallBackState, goal: Goal): readonly string[] | null {
  const { order, trials } = state;
  let [failed, held] = [-1, order.length + 1];
  for (let count = 0; ; count = held <= order.length ? Math.floor((failed + held) / 2) : Math.min(order.length, Math.max(1, failed * 2))) {
    if (count <= failed || count >= held) return null;
    const wanted = order.slice(0, count);
    const trial = trials.find(({ exclude }) => sameSet(exclude, wanted));
    if (trial === undefined) return wanted;
    if (isSafe(trial, goal)) held = count;
    // More layers in float can only make the file larger and slower.
    else if (isTooDear(trial, goal)) held = Math.min(held, count);
    else failed = count;
  }
}

/** Takes layers out of the best set again, the most expensive first, while the goal holds. */
function tryReturning(state: FallBackState, goal: Goal): readonly string[] | null {
  const best = bestTrial(state, goal);
  if (best === null || !isSafe(best, goal)) return null;
  const smaller = best.exclude.toReversed().slice(0, MAX_RETURNS);
  for (const layer of smaller) {
    const wanted = best.exclude.filter((name) => name !== layer);
    if (wanted.length > 0 && !state.trials.some(({ exclude }) => sameSet(exclude, wanted))) return wanted;
  }
  return null;
}

function isSafe({ measured }: Trial, goal: Goal): boolean {
  return measured !== null && meetsSafely(goal, measured);
}

function isTooDear({ measured }: Trial, goal: Goal): boolean {
  return measured !== null && shortfalls(goal, measured).some(({ measure }) => measure === "sizeBytes" || measure === "latencyMs");
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name) => right.includes(name));
}

export interface FallBackOptions extends FallBackLimits {
  readonly goal: Goal;
  /** Builds the variant with these layers in float and measures it on the steering set. A rejection counts as a trial that failed. */
  readonly measure: (exclude: readonly string[]) => Promise<Measurement>;
  /** Told after each trial; save the state here. */
  readonly onTrial?: (trial: Trial, state: FallBackState) => void;
  /** Aborted, the loop ends with what it has. */
  readonly signal?: AbortSignal;
}

/** Runs the loop to its end, from the beginning or from a saved state. */
export async function fallBack(start: FallBackState, options: FallBackOptions): Promise<FallBackState> {
  const stopped = (): boolean => options.signal?.aborted ?? false;
  let state = start;
  for (;;) {
    const exclude = nextTrial(state, options.goal, options);
    if (exclude === null || stopped()) return state;
    const measured = await options.measure(exclude).catch((error: unknown) => {
      if (stopped() || (error instanceof Error && error.name === "OnnxError")) return null;
      throw error;
    });
    // What was under way when the loop was stopped is not its result.
    if (stopped()) return state;
    const trial = { exclude, measured };
    state = recordTrial(state, trial);
    options.onTrial?.(trial, state);
  }
}

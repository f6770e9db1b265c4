import type { ErrorReason } from "../errors.ts";
import type { StaticOptions } from "../quantise/options.ts";
import { type BaseCandidate, type Candidate, candidateKey, type Measurement, type StaticCandidate } from "./candidate.ts";
import { distance, type Goal, meetsSafely, shortfalls } from "./check-goal.ts";
import { bestTrial, nextTrial, orderByNoisePerByte, type FallBackLimits, type FallBackState } from "./fall-back.ts";
import type { LayerSensitivity } from "./sensitivity.ts";

/** A candidate that was tried: measured, or the sentence that says why not. */
export interface SearchRecord {
  readonly candidate: Candidate;
  readonly measured: Measurement | null;
  readonly failure: string | null;
  /** The failure in data, where it is one of those that have a code. */
  readonly reason?: ErrorReason;
}

/** Everything that the search knows, as plain JSON, in the order in which it happened. */
export interface SearchState {
  readonly version: 1;
  readonly records: readonly SearchRecord[];
  readonly rankings: readonly { readonly base: string; readonly rows: readonly LayerSensitivity[] }[];
}

export interface SearchSetup {
  readonly goal: Goal;
  /** Quantisation options to choose between: one on most profiles; without VNNI 7-bit and unsigned weights, whichever measures better. */
  readonly integers: readonly Omit<StaticOptions, "exclude">[];
  /** Calibration rules, the plainest first. */
  readonly observers: readonly string[];
  /** Bytes are all that counts: what is stored smaller and calculated in float is tried as well. */
  readonly halfPrecision: boolean;
  /** Dynamic int8 leaves convolutions in float, as ConvInteger is 5 to 9 times slower: with them it is left out, and the verdict says so. */
  readonly hasConvolutions: boolean;
  /** Speeds are of the kind of device that the goal is for. Default true; where they are of another, a slow integer kernel here says nothing of there. */
  readonly measuresTarget?: boolean;
  readonly fallBack?: FallBackLimits;
  /** Layers that are rounded adaptively when everything else missed the goal. Default 3; 0 leaves it out. */
  readonly adaptiveLayers?: number;
}

export type SearchStep =
  | { readonly kind: "try"; readonly candidate: Candidate }
  /** Measure the sensitivity of this variant's layers. */
  | { readonly kind: "rank"; readonly base: BaseCandidate }
  | { readonly kind: "done" };

const WEIGHTS_ONLY: BaseCandidate = { method: "weight-only", exclude: [] };
/** Each layer of it that goes back to float costs bytes and gains no time, so a few sets are enough. */
const MAX_WEIGHT_TRIALS = 8;

export const EMPTY_SEARCH: SearchState = { version: 1, records: [], rankings: [] };

/**
 * What to do next. Cheap first: fp16, weights in 8 bits, dynamic, static with each observer; then bias correction; then, unless something meets the goal with the score's
 * safety margin, layers back to float; then adaptive rounding. Pure: the same state and setup give the same step, so a search that was
 * stopped, or whose worker was killed, goes on where it was, and results may come from a cache.
 */
export function planStep(state: SearchState, setup: SearchSetup): SearchStep {
  for (const candidate of [...plainCandidates(setup), ...observerCandidates(state, setup), ...correctedCandidates(state, setup)])
    if (recordOf(state, candidate) === null) return { kind: "try", candidate };
  const weights = weightStep(state, setup);
  if (weights !== null) return weights;
  if (state.records.some(({ measured }) => measured !== null && meetsSafely(setup.goal, measured))) return returnLayers(state, setup);
  return fallBackStep(state, setup) ?? roundStep(state, setup) ?? { kind: "done" };
}

export function recordOf(state: SearchState, candidate: Candidate): SearchRecord | null {
  const key = candidateKey(candidate);
  return state.records.find((record) => candidateKey(record.candidate) === key) ?? null;
}

function plainCandidates(setup: SearchSetup): Candidate[] {
  return [
    ...(setup.halfPrecision ? [{ method: "fp16" } as const, WEIGHTS_ONLY] : []),
    ...(setup.hasConvolutions ? [] : [{ method: "int8-dynamic" } as const]),
    ...setup.integers.map((options) => staticCandidate(options, setup.observers[0] ?? "min-max")),
  ];
}

/** The other observers only with the options that did best with the first: they choose ranges, not weights. */
function observerCandidates(state: SearchState, setup: SearchSetup): Candidate[] {
  const best = bestStatic(state, setup);
  return best === null ? [] : setup.observers.slice(1).map((observer) => staticCandidate(best.options, observer));
}

function correctedCandidates(state: SearchState, setup: SearchSetup): Candidate[] {
  return setup.integers.flatMap((options) => {
    const plain = bestStatic(state, setup, (candidate) => candidate.options === options || sameOptions(candidate.options, options));
    if (plain === null) return [];
    const corrected = { ...plain, equalise: false, correctBias: true };
    // Equalisation is for a scale per tensor: with one per channel it gained nothing on any file that we have.
    return options.perChannel === false ? [corrected, { ...corrected, equalise: true }] : [corrected];
  });
}

function staticCandidate(options: StaticCandidate["options"], observer: string): StaticCandidate {
  return { method: "int8-static", observer, options, equalise: false, correctBias: false, roundAdaptively: [], exclude: [] };
}

function sameOptions(a: StaticCandidate["options"], b: StaticCandidate["options"]): boolean {
  return candidateKey(staticCandidate(a, "")) === candidateKey(staticCandidate(b, ""));
}

/** The best all-integer candidate: first by what else than the score the goal asks, then not a slow one, then by noise. */
function bestStatic(
  state: SearchState,
  setup: SearchSetup,
  fits: (candidate: StaticCandidate) => boolean = () => true,
): StaticCandidate | null {
  const { minScore: _, ...others } = setup.goal;
  const found = state.records.flatMap(({ candidate, measured }) =>
    candidate.method === "int8-static" &&
    candidate.exclude.length === 0 &&
    candidate.roundAdaptively.length === 0 &&
    measured !== null &&
    fits(candidate)
      ? [{ candidate, measured }]
      : [],
  );
  const fastest = fastestOf(found);
  const better = found.toSorted(
    (a, b) =>
      distance(others, a.measured) - distance(others, b.measured) ||
      Number(isSlow(a.measured, fastest)) - Number(isSlow(b.measured, fastest)) ||
      quieter(a, b) ||
      b.measured.score - a.measured.score,
  );
  return better[0]?.candidate ?? null;
}

/** The fallback loop's state is the part of the history that varies only in which layers are in float. */
function fallBackState(
  state: SearchState,
  base: BaseCandidate,
  setup: SearchSetup,
  maxBytes = setup.goal.maxBytes ?? Infinity,
): FallBackState | null {
  const ranking = state.rankings.find((found) => found.base === candidateKey(base));
  if (ranking === undefined) return null;
  const size = recordOf(state, base)?.measured?.sizeBytes ?? 0;
  // All but one: with no layer in integers there is nothing left to measure.
  const order = orderByNoisePerByte(ranking.rows, maxBytes - size).slice(0, Math.max(0, ranking.rows.length - 1));
  const trials = state.records.flatMap(({ candidate, measured }) =>
    "exclude" in candidate && candidateKey({ ...candidate, exclude: [] }) === candidateKey(base)
      ? [{ exclude: candidate.exclude, measured }]
      : [],
  );
  return { version: 1, order, trials };
}

function fallBackStep(state: SearchState, setup: SearchSetup): SearchStep | null {
  const base = bestStatic(state, setup);
  if (base === null) return null;
  const loop = fallBackState(state, base, setup);
  if (loop === null) return { kind: "rank", base };
  const exclude = nextTrial(loop, setup.goal, setup.fallBack);
  return exclude === null ? null : { kind: "try", candidate: { ...base, exclude } };
}

/** 8-bit weights with layers in float, while that is smaller than the smallest that is safe without any. */
function weightStep(state: SearchState, setup: SearchSetup): SearchStep | null {
  const size = recordOf(state, WEIGHTS_ONLY)?.measured?.sizeBytes;
  if (size === undefined) return null;
  const safe = state.records.flatMap(({ candidate, measured }) =>
    measured !== null && meetsSafely(setup.goal, measured) && (!("exclude" in candidate) || candidate.exclude.length === 0)
      ? [measured.sizeBytes]
      : [],
  );
  const limit = Math.min(setup.goal.maxBytes ?? Infinity, ...safe);
  if (size >= limit) return null;
  const loop = fallBackState(state, WEIGHTS_ONLY, setup, limit);
  if (loop === null) return { kind: "rank", base: WEIGHTS_ONLY };
  const exclude = nextTrial(loop, setup.goal, { maxTrials: MAX_WEIGHT_TRIALS });
  return exclude === null ? null : { kind: "try", candidate: { ...WEIGHTS_ONLY, exclude } };
}

/** Something is safe. If layers are in float in it, the loop may still find a smaller set. */
function returnLayers(state: SearchState, setup: SearchSetup): SearchStep {
  const step = state.rankings.length === 0 ? null : fallBackStep(state, setup);
  return step?.kind === "try" ? step : { kind: "done" };
}

function roundStep(state: SearchState, setup: SearchSetup): SearchStep | null {
  const base = bestStatic(state, setup);
  const loop = base === null ? null : fallBackState(state, base, setup);
  const met = state.records.some(({ measured }) => measured !== null && shortfalls(setup.goal, measured).length === 0);
  if (base === null || loop === null || met || (setup.adaptiveLayers ?? 3) === 0) return null;
  const exclude = bestTrial(loop, setup.goal)?.exclude ?? [];
  const rows = state.rankings.find((found) => found.base === candidateKey(base))?.rows ?? [];
  const layers = rows.filter(({ layer }) => !exclude.includes(layer)).slice(0, setup.adaptiveLayers ?? 3);
  const candidate = { ...base, exclude, roundAdaptively: layers.map(({ layer }) => layer) };
  return layers.length === 0 || recordOf(state, candidate) !== null ? null : { kind: "try", candidate };
}

/** Sizes this near count as equal, and so do speeds: nobody takes twice the noise or the time for a kilobyte. */
const SAME_SIZE = 1.02;
const SAME_SPEED = 0.9;

interface Measured {
  readonly candidate: Candidate;
  readonly measured: Measurement;
}

/**
 * Candidates that meet the goal safely, the smallest first, among equal sizes those that are not slower, then the least noisy; then those that just
 * meet it, the least noisy first; then the others, the nearest first. Speeds of another kind of device than the goal's do not count, apart from what the goal says of them.
 */
export function rankRecords(state: SearchState, { goal, measuresTarget = true }: Pick<SearchSetup, "goal" | "measuresTarget">): Measured[] {
  const all = state.records.flatMap(({ candidate, measured }) => (measured === null ? [] : [{ candidate, measured }]));
  const safe = all.filter(({ measured }) => meetsSafely(goal, measured));
  const meeting = all.filter((found) => !safe.includes(found) && shortfalls(goal, found.measured).length === 0);
  const others = all.filter((found) => !safe.includes(found) && !meeting.includes(found));
  const smallest = Math.min(...safe.map(({ measured }) => measured.sizeBytes));
  const small = safe.filter(({ measured }) => measured.sizeBytes <= smallest * SAME_SIZE);
  const fastest = measuresTarget ? fastestOf(small) : 0;
  const integers = small.some(({ candidate, measured }) => candidate.method === "int8-static" && !isSlow(measured, fastest));
  const place = ({ candidate, measured }: Measured): number => {
    if (measured.sizeBytes > smallest * SAME_SIZE) return 2;
    // Weights that are only stored gain nothing on any device; integers may gain more on the target than on the machine that measures.
    return isSlow(measured, fastest) || (integers && candidate.method === "weight-only") ? 1 : 0;
  };
  return [
    ...safe.toSorted((a, b) => {
      const [left, right] = [place(a), place(b)];
      if (left !== right) return left - right;
      return left === 2 ? a.measured.sizeBytes - b.measured.sizeBytes : quieter(a, b) || a.measured.sizeBytes - b.measured.sizeBytes;
    }),
    // Between scores within the margin of error the noise tells more: one lucky sample does not move it.
    ...meeting.toSorted((a, b) => quieter(a, b) || b.measured.score - a.measured.score || a.measured.sizeBytes - b.measured.sizeBytes),
    ...others.toSorted((a, b) => distance(goal, a.measured) - distance(goal, b.measured) || a.measured.sizeBytes - b.measured.sizeBytes),
  ];
}

function quieter(a: Measured, b: Measured): number {
  return (b.measured.sqnrDb ?? Number.MAX_VALUE) - (a.measured.sqnrDb ?? Number.MAX_VALUE);
}

function fastestOf(found: readonly Measured[]): number {
  return Math.max(0, ...found.map(({ measured }) => measured.speedup ?? 0));
}

function isSlow(measured: Measurement, fastest: number): boolean {
  return measured.speedup !== null && measured.speedup < fastest * SAME_SPEED;
}

import { OnnxError } from "../errors.ts";
import { type BaseCandidate, type Candidate, candidateKey, type Measurement } from "./candidate.ts";
import { planStep, type SearchRecord, type SearchSetup, type SearchState, type SearchStep } from "./goal-search.ts";
import type { LayerSensitivity } from "./sensitivity.ts";

/** What the search needs done. The worker's child does it, with a runtime and the data; a cache may stand in front. */
export interface SearchHost {
  /** Builds and measures. An OnnxError becomes a record with its sentence; any other error ends the search. */
  readonly measure: (candidate: Candidate) => Promise<Measurement>;
  readonly rank: (base: BaseCandidate) => Promise<readonly LayerSensitivity[]>;
}

export interface RunSearchOptions {
  /** Told after each step; save the state here, and show the record. */
  readonly onStep?: (state: SearchState, record: SearchRecord | null) => void;
  /** Aborted, the search ends with what it has. */
  readonly signal?: AbortSignal;
}

/** Runs the search to its end, from the beginning or from a saved state. */
export async function runSearch(
  start: SearchState,
  setup: SearchSetup,
  host: SearchHost,
  options: RunSearchOptions = {},
): Promise<SearchState> {
  const stopped = (): boolean => options.signal?.aborted ?? false;
  let state = start;
  for (;;) {
    const step = planStep(state, setup);
    if (step.kind === "done" || stopped()) return state;
    const next = await take(state, step, host).catch((error: unknown) => {
      // What was under way when the search was stopped is not its result.
      if (stopped()) return null;
      throw error;
    });
    if (next === null || stopped()) return state;
    const record = next.records.length > state.records.length ? (next.records.at(-1) ?? null) : null;
    state = next;
    options.onStep?.(state, record);
  }
}

async function take(state: SearchState, step: Exclude<SearchStep, { kind: "done" }>, host: SearchHost): Promise<SearchState> {
  if (step.kind === "rank") {
    const rows = await host.rank(step.base).catch((error: unknown) => {
      // Nothing to put back to float: an LSTM's weights alone, say.
      if (!(error instanceof OnnxError)) throw error;
      return [];
    });
    return { ...state, rankings: [...state.rankings, { base: candidateKey(step.base), rows }] };
  }
  const { candidate } = step;
  const record = await host.measure(candidate).then(
    (measured): SearchRecord => ({ candidate, measured, failure: null }),
    (error: unknown): SearchRecord => {
      if (!(error instanceof OnnxError)) throw error;
      return { candidate, measured: null, failure: error.message, ...(error.reason === null ? {} : { reason: error.reason }) };
    },
  );
  return { ...state, records: [...state.records, record] };
}

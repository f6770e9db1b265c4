import type { StaticOptions } from "../quantise/options.ts";

/** A variant that the search may build: plain data, the same for the same model whenever it is tried. */
export type Candidate =
  | { readonly method: "fp16" }
  | { readonly method: "int8-dynamic" }
  | {
      /** Weights stored in 8 bits, calculated with in float: for models whose activations no scale fits. */
      readonly method: "weight-only";
      /** Layers whose weights stay in float. */
      readonly exclude: readonly string[];
    }
  | {
      readonly method: "int8-static";
      /** Whose ranges: a name that the caller's calibration knows, such as "min-max". */
      readonly observer: string;
      readonly options: Omit<StaticOptions, "exclude">;
      readonly equalise: boolean;
      readonly correctBias: boolean;
      /** Layers whose weights are rounded adaptively. */
      readonly roundAdaptively: readonly string[];
      /** Layers that stay in float. */
      readonly exclude: readonly string[];
    };

export type StaticCandidate = Extract<Candidate, { method: "int8-static" }>;
/** A candidate of which some layers may go back to float. */
export type BaseCandidate = Extract<Candidate, { readonly exclude: readonly string[] }>;

/** Stable text for a candidate: with the model's and the data's hashes in front of it, the key of a cache. */
export function candidateKey(candidate: Candidate): string {
  return JSON.stringify(candidate, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** What was measured of a candidate. Whatever was not measured is null, and no goal is met by it. */
export interface Measurement {
  readonly sizeBytes: number;
  /** The task's metric on the steering set, 0 to 1: agreement with the original, or accuracy. */
  readonly score: number;
  /** How many samples `score` rests on. */
  readonly samples: number;
  /** Signal to quantisation noise of the scores: tells candidates apart between which `score` cannot choose. */
  readonly sqnrDb: number | null;
  readonly latencyMs: number | null;
  /** The original's latency over the candidate's, measured by turns. */
  readonly speedup: number | null;
}

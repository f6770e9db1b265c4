import type { Candidate, Measurement } from "./candidate.ts";
import { meetsSafely, type Shortfall, shortfalls } from "./check-goal.ts";
import { rankRecords, type SearchSetup, type SearchState } from "./goal-search.ts";

/** A statement in data, for translation, and in English. */
export interface Statement {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly sentence: string;
}

export interface Verdict {
  /** `barely`: it meets the goal by less than the score's margin of error. */
  readonly outcome: "recommended" | "barely" | "nothing";
  /** The recommended candidate, or the nearest. */
  readonly candidate: Candidate | null;
  readonly measured: Measurement | null;
  readonly shortfalls: readonly Shortfall[];
  readonly why: Statement;
  readonly warnings: readonly Statement[];
}

/** What to say of a search, whether it ended or was stopped. */
export function explainVerdict(state: SearchState, setup: SearchSetup, sourceBytes: number): Verdict {
  const [best] = rankRecords(state, setup);
  const warnings = warn(state, setup);
  if (best === undefined) {
    const why = { code: "nothing-measured", params: {}, sentence: "Nothing could be measured, so there is nothing to recommend." };
    return { outcome: "nothing", candidate: null, measured: null, shortfalls: [], why, warnings };
  }
  const lacking = shortfalls(setup.goal, best.measured);
  const outcome = lacking.length > 0 ? "nothing" : meetsSafely(setup.goal, best.measured) ? "recommended" : "barely";
  const why =
    lacking.length > 0 ? missed(state, best.candidate, lacking) : chosen(best.candidate, best.measured, sourceBytes, outcome === "barely");
  return { outcome, ...best, shortfalls: lacking, why, warnings: [...warnings, ...slower(best.measured)] };
}

/** A candidate in words: "static int8 (min-max ranges, biases corrected, 3 layers in float)". */
export function describeCandidate(candidate: Candidate): string {
  if (candidate.method === "fp16") return "float16";
  if (candidate.method === "int8-dynamic") return "dynamic int8";
  if (candidate.method === "weight-only")
    return `weights in 8 bits${candidate.exclude.length > 0 ? ` (${counted(candidate.exclude.length, "layer")} in float)` : ""}`;
  const { options } = candidate;
  const details = [
    `${candidate.observer} ranges`,
    ...(options.perChannel === false ? ["one scale per tensor"] : []),
    ...(options.reduceRange === true ? ["7-bit weights"] : []),
    ...(options.weights === "uint8" ? ["unsigned weights"] : []),
    ...(options.recurrent === true ? ["LSTM dynamic"] : []),
    ...(candidate.equalise ? ["layers equalised"] : []),
    ...(candidate.correctBias ? ["biases corrected"] : []),
    ...(candidate.roundAdaptively.length > 0 ? [`${counted(candidate.roundAdaptively.length, "layer")} rounded adaptively`] : []),
    ...(candidate.exclude.length > 0 ? [`${counted(candidate.exclude.length, "layer")} in float`] : []),
  ];
  return `static int8 (${details.join(", ")})`;
}

function chosen(candidate: Candidate, measured: Measurement, sourceBytes: number, barely: boolean): Statement {
  const what = describeCandidate(candidate);
  const share = Math.round((100 * measured.sizeBytes) / sourceBytes);
  const speed = measured.speedup === null ? "" : `, ${measured.speedup.toFixed(2)} times the original's speed`;
  const caution = barely ? " It meets the goal by less than the margin of error of so many samples: measure it on more." : "";
  return {
    code: barely ? "meets-barely" : "smallest-that-meets",
    params: {
      what,
      sizeBytes: measured.sizeBytes,
      share,
      score: measured.score,
      samples: measured.samples,
      speedup: measured.speedup ?? 0,
    },
    sentence: `${capital(what)} is the ${barely ? "surest" : "smallest"} that meets the goal: ${measured.sizeBytes.toLocaleString("en")} bytes (${share} % of the original)${speed}, ${percent(measured.score)} on ${measured.samples} samples.${caution}`,
  };
}

function missed(state: SearchState, candidate: Candidate, lacking: readonly Shortfall[]): Statement {
  const what = describeCandidate(candidate);
  const by = lacking.map(amount).join(" and ");
  const worst = worstLayer(state, candidate);
  const because =
    worst === null || !lacking.some(({ measure }) => measure === "score")
      ? ""
      : `, because layer ${JSON.stringify(worst.layer)} alone makes ${worst.share} % of the noise`;
  return {
    code: because === "" ? "nothing-meets" : "nothing-meets-because-layer",
    params: { what, by, ...(worst === null ? {} : { layer: worst.layer, share: worst.share }) },
    sentence: `Nothing meets the goal; the nearest, ${what}, misses it by ${by}${because}.`,
  };
}

/** Of the layers that are in integers in this candidate, the one that makes most of the noise. */
function worstLayer(state: SearchState, candidate: Candidate): { layer: string; share: number } | null {
  const exclude = new Set("exclude" in candidate ? candidate.exclude : []);
  const rows = (state.rankings.at(-1)?.rows ?? []).filter(({ layer }) => !exclude.has(layer));
  const total = rows.reduce((sum, row) => sum + row.outputNoise, 0);
  const [worst] = rows.toSorted((a, b) => b.outputNoise - a.outputNoise);
  return worst === undefined || total === 0 ? null : { layer: worst.layer, share: Math.round((100 * worst.outputNoise) / total) };
}

function amount({ measure, by, got }: Shortfall): string {
  if (got === null) return `${measure} not measured`;
  if (measure === "score") return `${(100 * by).toFixed(1)} points of the score`;
  if (measure === "sizeBytes") return `${Math.round(by).toLocaleString("en")} bytes`;
  return measure === "latencyMs" ? `${by.toFixed(2)} ms` : `${by.toFixed(2)} times the speed`;
}

function warn(state: SearchState, setup: SearchSetup): Statement[] {
  const failures = state.records.filter(({ failure }) => failure !== null).length;
  return [
    ...(setup.hasConvolutions
      ? [statement("dynamic-left-out", {}, "Dynamic int8 was left out: it leaves convolutions in float, smaller but not faster.")]
      : []),
    ...(failures > 0
      ? [statement("candidates-failed", { failures }, `${counted(failures, "candidate")} could not be built; the log says why.`)]
      : []),
  ];
}

function slower({ speedup }: Measurement): Statement[] {
  return speedup !== null && speedup < 1
    ? [statement("smaller-not-faster", { speedup }, `It is smaller, not faster: ${speedup.toFixed(2)} times the original's speed.`)]
    : [];
}

function statement(code: string, params: Statement["params"], sentence: string): Statement {
  return { code, params, sentence };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

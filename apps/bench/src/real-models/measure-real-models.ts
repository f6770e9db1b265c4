import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import {
  describeCandidate,
  EMPTY_SEARCH,
  explainVerdict,
  type Goal,
  QUANT_PROFILES,
  rankRecords,
  runSearch,
  type SearchRecord,
  type SearchSetup,
  type SearchState,
  shortfalls,
} from "@flotilla/onnx/optimise";
import { REAL_CASES } from "./cases.ts";
import { RealBench, type RealCase, type RealSets } from "./real-bench.ts";
import { readArraySet } from "./real-data.ts";

/** Sets of layers that are put back to float: a handful shows what a model needs. */
const MAX_TRIALS = 10;
/** Variants that hold the goal on the steering data and are tried on the test data: the next one where one's gate fails there, as a person would. */
const MAX_PROOFS = 6;

/** One goal's answer for one model: the recommended variant, or the sentence that says why there is none. */
export interface RealModelRow {
  readonly name: string;
  readonly goal: Goal;
  readonly sourceBytes: number;
  /** null: nothing meets the goal, and `sentence` says why. */
  readonly variant: string | null;
  readonly sizeBytes: number | null;
  /** On data that the search never saw: share of equal classes or texts, F1 of objects. */
  readonly agreement: number | null;
  /** Samples, steps or objects that it rests on. */
  readonly cases: number | null;
  /** Largest difference of a value of the first output. */
  readonly maxAbsError: number | null;
  readonly speedup: number | null;
  readonly cpuSeconds: number;
  /** What held the goal on the steering data and missed it on the test data, before this one: each is a failed gate. */
  readonly failedGates: readonly string[];
  readonly sentence: string;
}

export interface RealModelsOptions {
  /** What `make_real_models.py` made. Models without a folder in it are left out. */
  readonly dir: string;
  readonly only?: readonly string[];
  /** Most samples to calibrate with and to steer by, evenly spread. Default all. What is recommended is proved on all of the test set. */
  readonly samples?: number;
  /** Told of each candidate as it is measured. */
  readonly onLine?: (line: string) => void;
}

/** Runs the goal search on models out of the wild, each with its task's measure, and proves what it recommends on a test set of its own. */
export async function measureRealModels({ dir, only, samples, onLine }: RealModelsOptions): Promise<RealModelRow[]> {
  const rows: RealModelRow[] = [];
  for (const about of REAL_CASES) {
    const folder = path.join(dir, about.name);
    if (only !== undefined && !only.includes(about.name)) continue;
    if ((await stat(folder).catch(() => null)) === null) continue;
    rows.push(...(await measureModel(folder, about, { samples: samples ?? Infinity, onLine: onLine ?? (() => undefined) })));
  }
  return rows;
}

async function measureModel(
  folder: string,
  about: RealCase,
  { samples, onLine }: { readonly samples: number; readonly onLine: (line: string) => void },
): Promise<RealModelRow[]> {
  const bytes = await readFile(path.join(folder, "model.onnx"));
  const read = (part: string, most: number) => readArraySet(path.join(folder, part), most);
  const sets: RealSets = {
    calibration: await read("calibration", samples),
    steer: await read("steer", samples),
    test: await read("test", Infinity),
  };
  onLine(
    `${about.name}: ${bytes.length.toLocaleString("en")} bytes; ${sets.calibration.count} samples to calibrate, ${sets.steer.count} to steer, ${sets.test.count} to prove`,
  );
  const bench = await RealBench.open(bytes, sets, about);
  const rows: RealModelRow[] = [];
  let state = EMPTY_SEARCH;
  for (const goal of about.goals) {
    const began = process.cpuUsage();
    const setup = setupOf(bench, goal);
    state = await search(bench, setup, state, onLine);
    const row = await judge(bench, setup, state);
    const { user, system } = process.cpuUsage(began);
    rows.push({ ...row, name: about.name, goal, cpuSeconds: (user + system) / 1e6 });
  }
  return rows;
}

function setupOf({ hasConvolutions, hasLstm }: RealBench, goal: Goal): SearchSetup {
  const integers = QUANT_PROFILES["x64-vnni"];
  return {
    goal,
    integers: hasLstm ? [integers, { ...integers, recurrent: true }] : [integers],
    observers: ["min-max", "mse", "percentile"],
    halfPrecision: goal.minSpeedup === undefined && goal.maxMs === undefined,
    hasConvolutions,
    fallBack: { maxTrials: MAX_TRIALS },
  };
}

async function search(bench: RealBench, setup: SearchSetup, start: SearchState, onLine: (line: string) => void): Promise<SearchState> {
  const host = { measure: bench.measure.bind(bench), rank: bench.builder.rank.bind(bench.builder) };
  const state = await runSearch(start, setup, host, {
    onStep: (_, record) => {
      if (record !== null) onLine(describeRecord(record));
    },
  });
  for (const { layer, opType, outputNoise } of state.rankings.at(-1)?.rows.slice(0, 5) ?? [])
    onLine(`  noise ${outputNoise.toExponential(1)} from ${opType} ${layer}`);
  return state;
}

function describeRecord({ candidate, measured, failure }: SearchRecord): string {
  const what = describeCandidate(candidate);
  if (measured === null) return `  ${what}: ${failure ?? "failed"}`;
  const { sizeBytes, score, sqnrDb, speedup } = measured;
  return `  ${what}: ${sizeBytes.toLocaleString("en")} bytes, ${(100 * score).toFixed(2)} %, ${sqnrDb?.toFixed(1) ?? "–"} dB, ${speedup?.toFixed(2) ?? "–"} ×`;
}

async function judge(
  bench: RealBench,
  setup: SearchSetup,
  state: SearchState,
): Promise<Omit<RealModelRow, "name" | "goal" | "cpuSeconds">> {
  const { sourceBytes } = bench;
  const { why, warnings } = explainVerdict(state, setup, sourceBytes);
  const sentence = [why, ...warnings].map((statement) => statement.sentence).join(" ");
  const nothing = { variant: null, sizeBytes: null, agreement: null, cases: null, maxAbsError: null, speedup: null };
  const failedGates: string[] = [];
  const promising = rankRecords(state, setup).filter(({ measured }) => shortfalls(setup.goal, measured).length === 0);
  for (const { candidate, measured } of promising.slice(0, MAX_PROOFS)) {
    const { agreement, samples, maxAbsError } = await bench.prove(await bench.builder.build(candidate));
    const variant = describeCandidate(candidate);
    const { sizeBytes, speedup } = measured;
    if (agreement >= (setup.goal.minScore ?? 0))
      return { sourceBytes, variant, sizeBytes, agreement, cases: samples, maxAbsError, speedup, failedGates, sentence };
    failedGates.push(`${variant}: ${(100 * agreement).toFixed(2)} %`);
  }
  return {
    sourceBytes,
    ...nothing,
    failedGates,
    sentence: failedGates.length === 0 ? sentence : "Nothing holds the goal on the test data.",
  };
}

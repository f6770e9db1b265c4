import path from "node:path";
import { fileURLToPath } from "node:url";
import { QUANT_PROFILES, type StaticCandidate } from "@flotilla/onnx/optimise";
import type { Cost } from "../children/cost.ts";
import { runProcess, runTask } from "../children/run-task.ts";
import type { Case } from "./cases.ts";

/** A file made by us or by a peer in this run, and what making it took. */
export interface Variant {
  readonly tool: string;
  readonly ours: boolean;
  readonly file: string;
  readonly cost: Cost;
}

type Recipe = Pick<StaticCandidate, "options" | "observer" | "correctBias">;
const { "x64-vnni": eightBits, "x64-reduced": sevenBits, "x64-unsigned": unsigned } = QUANT_PROFILES;

export const STATIC = "static int8";
export const SEVEN_BITS = "static int8, 7-bit weights, MSE ranges, biases corrected";
export const SEARCHED = "goal search";
const SMALL: Readonly<Record<string, Recipe>> = {
  [STATIC]: { options: eightBits, observer: "min-max", correctBias: false },
  "static int8, MSE ranges, biases corrected": { options: eightBits, observer: "mse", correctBias: true },
  "static int8, 7-bit weights": { options: sevenBits, observer: "min-max", correctBias: false },
  [SEVEN_BITS]: { options: sevenBits, observer: "mse", correctBias: true },
  "static int8, unsigned weights": { options: unsigned, observer: "min-max", correctBias: false },
};
const LARGE: Readonly<Record<string, Recipe>> = {
  [STATIC]: { options: eightBits, observer: "min-max", correctBias: false },
  "static int8, percentile ranges": { options: eightBits, observer: "percentile", correctBias: false },
  "static int8, entropy ranges": { options: eightBits, observer: "entropy", correctBias: false },
  "static int8, biases corrected": { options: eightBits, observer: "min-max", correctBias: true },
};

/** Every recipe of ours, each made in a process of its own. */
export async function makeOurs(model: Case, folder: string): Promise<Variant[]> {
  const variants: Variant[] = [];
  const add = async (tool: string, make: (outputFile: string) => Promise<{ cost: Cost }>): Promise<void> => {
    const file = path.join(folder, `${model.name}-${variants.length}.onnx`);
    const { cost } = await make(file);
    variants.push({ tool, ours: true, file, cost });
  };
  const { source, calibration, search } = model;
  for (const [tool, recipe] of Object.entries(search === null ? SMALL : LARGE))
    await add(tool, (outputFile) => runTask("make-static", { source, calibration, recipe, outputFile }));
  if (search !== null) await add(SEARCHED, (outputFile) => runTask("search-goal", { source, calibration, ...search, outputFile }));
  await add("dynamic int8", (outputFile) => runTask("make-dynamic", { source, outputFile }));
  return variants;
}

const PEER = fileURLToPath(new URL("./peer.py", import.meta.url));
export const PEER_STATIC = "ORT static MinMax";
const STATIC_PEER = { mode: "static", method: "MinMax", weights: "QInt8", reduceRange: false };
const SMALL_PEERS = {
  [PEER_STATIC]: STATIC_PEER,
  "ORT static, reduce_range": { ...STATIC_PEER, reduceRange: true },
  "ORT static, U8 weights": { ...STATIC_PEER, weights: "QUInt8" },
  "ORT dynamic": { mode: "dynamic" },
};
const LARGE_PEERS = {
  ...SMALL_PEERS,
  "ORT static Percentile": { ...STATIC_PEER, method: "Percentile" },
  "ORT static Entropy": { ...STATIC_PEER, method: "Entropy" },
};

/** ONNX Runtime's quantiser with a Python that has it, and its version. */
export async function makePeers(model: Case, folder: string, python: string): Promise<{ variants: Variant[]; version: string }> {
  const variants: Variant[] = [];
  let version = "";
  for (const [tool, settings] of Object.entries(model.search === null ? SMALL_PEERS : LARGE_PEERS)) {
    const file = path.join(folder, `${model.name}-peer-${variants.length}.onnx`);
    const { source, calibration } = model;
    const { result, cost } = await runPeer(python, { ...settings, source, calibration, outputFile: file });
    version = String(result);
    variants.push({ tool, ours: false, file, cost });
  }
  return { variants, version };
}

/** One call of ONNX Runtime's quantiser: `mode`, `source` and `outputFile`, and what else peer.py reads. The result is its version. */
export async function runPeer(python: string, request: object): Promise<{ result: unknown; cost: Cost }> {
  return runProcess([python, PEER, JSON.stringify(request)]);
}

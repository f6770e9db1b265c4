import { readFile, writeFile } from "node:fs/promises";
import { EMPTY_SEARCH, explainVerdict, type Goal, QUANT_PROFILES, runSearch, type SearchSetup } from "@flotilla/onnx/optimise";
import { ModelBench } from "../../accuracy/bench-model.ts";
import { openPixels, type PixelFile } from "../../accuracy/pixel-set.ts";

interface Request {
  readonly source: string;
  readonly calibration: PixelFile;
  /** What the search may look at. */
  readonly steering: PixelFile;
  readonly goal: Goal;
  readonly outputFile: string;
}

/** The goal search for x64 with VNNI from the file to the recommended variant's file. Returns its reason and how many candidates were measured. */
export async function run({ source, calibration, steering, goal, outputFile }: Request): Promise<{ sentence: string; tried: number }> {
  const bytes = await readFile(source);
  const [calibrated, steered] = [await openPixels(calibration), await openPixels(steering)];
  const bench = await ModelBench.open(bytes, { calibration: calibrated, steering: steered, test: steered }, true);
  const integers = [QUANT_PROFILES["x64-vnni"]];
  const setup: SearchSetup = { goal, integers, observers: ["min-max"], halfPrecision: false, hasConvolutions: true };
  const state = await runSearch(EMPTY_SEARCH, setup, bench.host(), {});
  const { candidate, why } = explainVerdict(state, setup, bytes.length);
  if (candidate === null) throw new Error(why.sentence);
  await writeFile(outputFile, await bench.builder.build(candidate));
  return { sentence: why.sentence, tried: state.records.length };
}

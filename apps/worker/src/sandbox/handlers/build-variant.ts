import { readFile, writeFile } from "node:fs/promises";
import { FlotillaError, type RecipePass } from "@flotilla/contracts";
import {
  clusterWeights,
  convertToFloat16,
  describeCandidate,
  float16Taps,
  type OnnxModel,
  opsetOf,
  quantiseDynamic,
  quantiseStatic,
  quantiseWeightOnly,
  RangeObserver,
  rangeRule,
  readModel,
  roundMantissa,
  simplify,
  type StaticCandidate,
  tapsFor,
  type WeightOnlyOptions,
  writeModel,
} from "@flotilla/onnx";
import { calibrate } from "../../models/calibrate.ts";
import { toCandidate } from "../../models/candidate-recipe.ts";
import { openBuilder } from "../../models/open-builder.ts";
import type { DataSetFiles, Handler, HandlerContext, ProgressStep } from "../protocol.ts";

/** What a pass works on, and its parameters. Passes change the model in place. */
interface PassInput<P extends RecipePass["pass"]> {
  model: OnnxModel;
  pass: Extract<RecipePass, { pass: P }>;
  calibration: DataSetFiles | null;
  context: HandlerContext;
}

/** Each pass of a recipe, and how it is run; gives sentences for the job's log. */
const PASSES: { [P in RecipePass["pass"]]: { step: ProgressStep; run: (input: PassInput<P>) => Promise<readonly string[]> } } = {
  simplify: { step: "simplifying", run: async ({ model }) => simplify(model).notes },
  fp16: { step: "converting", run: runFloat16 },
  "int8-dynamic": { step: "quantising", run: async ({ model, pass }) => quantiseDynamic(model, present(pass)).notes },
  "weight-only": { step: "quantising", run: async ({ model, pass }) => quantiseWeightOnly(model, weightOptions(pass)).notes },
  "int8-static": { step: "calibrating", run: runStatic },
  "cluster-weights": { step: "converting", run: async ({ model, pass }) => clusterWeights(model, { clusters: pass.clusters }).notes },
  "round-mantissa": { step: "converting", run: async ({ model, pass }) => roundMantissa(model, { bits: pass.bits }).notes },
};

async function runStatic({ model, pass, calibration, context }: PassInput<"int8-static">): Promise<readonly string[]> {
  if (calibration === null) throw new FlotillaError("INVALID_INPUT", "Static int8 needs a calibration data set.");
  const candidate = toCandidate(pass);
  if (candidate !== null) return runCandidate(candidate, { model, pass, calibration, context });
  const options = present(pass);
  const observer = new RangeObserver({ histograms: pass.observer !== "min-max" && pass.observer !== "moving-average" });
  const taps = tapsFor(model, options);
  // Nothing to observe is nothing to quantise: it says why.
  if (taps.length === 0) return quantiseStatic(model, new Map(), options).notes;
  const notes = await calibrate({ model, taps, observer, sampleCount: pass.calibrationSamples, data: calibration }, context);
  context.progress({ step: "quantising", done: null, total: null });
  return [...notes, ...quantiseStatic(model, observer.ranges(rangeRule(options)), options).notes];
}

/** With corrections: as the goal search makes its candidates, so that its recipe gives the same bytes again. */
async function runCandidate(
  candidate: StaticCandidate,
  { model, pass, calibration, context }: PassInput<"int8-static"> & { calibration: DataSetFiles },
): Promise<readonly string[]> {
  const builder = await openBuilder({ model, calibration, calibrationSamples: pass.calibrationSamples, context });
  const built = readModel(await builder.build(candidate));
  // A pass changes the model that it is given.
  Object.assign(model, built);
  return [`Made as ${describeCandidate(candidate)}.`];
}

async function runFloat16({ model, pass, calibration, context }: PassInput<"fp16">): Promise<readonly string[]> {
  if (pass.mixed !== true) return convertToFloat16(model, present(pass)).notes;
  if (calibration === null) throw new FlotillaError("INVALID_INPUT", "Mixed fp16 needs a calibration data set.");
  const observer = new RangeObserver({ histograms: false });
  const taps = float16Taps(model);
  const notes = await calibrate({ model, taps, observer, sampleCount: pass.calibrationSamples ?? 128, data: calibration }, context);
  context.progress({ step: "converting", done: null, total: null });
  return [...notes, ...convertToFloat16(model, { ...present(pass), ranges: observer.ranges() }).notes];
}

/** 8-bit weights have a scale per channel, not per block: that needs no new operator set. */
function weightOptions(pass: PassInput<"weight-only">["pass"]): WeightOnlyOptions {
  const { blockSize, ...options } = present(pass);
  return options.bits === 4 ? { ...options, blockSize } : options;
}

/** A pass without the fields that are there but undefined. */
function present<T extends object>(pass: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(pass).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Runs the passes of a recipe on a model, in their order, and writes the variant. */
export const buildVariant: Handler<"build-variant"> = async ({ modelPath, recipe, calibration, outputFile }, context) => {
  context.progress({ step: "reading", done: null, total: null });
  const model = readModel(await readFile(modelPath));
  const notes: string[] = [];
  for (const pass of recipe.passes) {
    // PASSES pairs each pass with its own parameters, which TypeScript cannot follow through the union.
    const { step, run } = PASSES[pass.pass] as (typeof PASSES)["int8-static"];
    context.progress({ step, done: null, total: null });
    notes.push(...(await run({ model, pass: pass as Extract<RecipePass, { pass: "int8-static" }>, calibration, context })));
  }
  await writeFile(outputFile, writeModel(model));
  return { opset: opsetOf(model), notes };
};

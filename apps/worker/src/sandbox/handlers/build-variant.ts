import { readFile, writeFile } from "node:fs/promises";
import type { Activations, RecipePass, Statement } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts/errors";
import { bindInputs, downgradeOpset, type OnnxModel, opsetOf, readModel, simplify, upgradeOpset, writeModel } from "@flotilla/onnx";
import {
  clusterWeights,
  type ConversionResult,
  type ConversionWarning,
  convertToFloat16,
  describeCandidate,
  float16Taps,
  nameLayers,
  quantiseDynamic,
  quantiseStatic,
  quantiseWeightOnly,
  RangeObserver,
  rangeRule,
  roundMantissa,
  type StaticCandidate,
  tapsFor,
  type WeightOnlyOptions,
} from "@flotilla/onnx/optimise";
import { calibrate } from "../../models/calibrate.ts";
import { toCandidate } from "../../models/candidate-recipe.ts";
import { describeActivations, observeHistograms, type SeenActivations } from "../../models/describe-activations.ts";
import { openBuilder } from "../../models/open-builder.ts";
import type { DataSetFiles, Handler, HandlerContext, ProgressStep } from "../protocol.ts";

/** What a pass works on, and its parameters. Passes change the model in place. */
interface PassInput<P extends GraphPass> {
  model: OnnxModel;
  pass: Extract<RecipePass, { pass: P }>;
  calibration: DataSetFiles | null;
  context: HandlerContext;
  /** Keeps what calibration saw. */
  keep: (activations: Activations) => void;
}

/** Sentences for the job's log, and what is to be known of the variant. */
interface PassOutcome {
  readonly notes: readonly string[];
  readonly warnings?: readonly ConversionWarning[];
}

/** An export makes a file of what the passes before it made: a request of its own. */
type GraphPass = Exclude<RecipePass["pass"], "export">;

/** Each pass of a recipe that changes the graph, and how it is run. */
const PASSES: { [P in GraphPass]: { step: ProgressStep; run: (input: PassInput<P>) => Promise<PassOutcome> } } = {
  simplify: { step: "simplifying", run: runSimplify },
  "bind-inputs": { step: "simplifying", run: async ({ model, pass }) => ({ notes: bindInputs(model, pass) }) },
  fp16: { step: "converting", run: runFloat16 },
  "int8-dynamic": { step: "quantising", run: async ({ model, pass }) => quantiseDynamic(model, present(pass)) },
  "weight-only": { step: "quantising", run: runWeightOnly },
  "int8-static": { step: "calibrating", run: runStatic },
  "cluster-weights": { step: "converting", run: async ({ model, pass }) => clusterWeights(model, { clusters: pass.clusters }) },
  "round-mantissa": { step: "converting", run: async ({ model, pass }) => roundMantissa(model, { bits: pass.bits }) },
  // One of the two has nothing to do.
  opset: {
    step: "converting",
    run: async ({ model, pass: { opset } }) => ({ notes: [...upgradeOpset(model, opset), ...downgradeOpset(model, opset)] }),
  },
};

async function runSimplify({ model, pass }: PassInput<"simplify">): Promise<PassOutcome> {
  const raised = pass.opset === undefined ? [] : upgradeOpset(model, pass.opset);
  return { notes: [...raised, ...simplify(model).notes] };
}

/** Layers are called as a search calls them. */
async function runWeightOnly({ model, pass }: PassInput<"weight-only">): Promise<PassOutcome> {
  nameLayers(model.graph);
  return quantiseWeightOnly(model, weightOptions(pass));
}

async function runStatic({ model, pass, calibration, context, keep }: PassInput<"int8-static">): Promise<PassOutcome> {
  if (calibration === null) throw new FlotillaError("INVALID_INPUT", "Static int8 needs a calibration data set.");
  const candidate = toCandidate(pass);
  if (candidate !== null) return runCandidate(candidate, { model, pass, calibration, context, keep });
  const options = present(pass);
  const observer = new RangeObserver({ histograms: pass.observer !== "min-max" && pass.observer !== "moving-average" });
  const taps = tapsFor(model, options);
  // Nothing to observe is nothing to quantise: it says why.
  if (taps.length === 0) return quantiseStatic(model, new Map(), options);
  const calibrated = { model, taps, data: calibration };
  const { notes, sampleCount } = await calibrate({ ...calibrated, observer, sampleCount: pass.calibrationSamples }, context);
  const ranges = observer.ranges(rangeRule(options));
  const seen = observer.histograms
    ? { observed: observer, sampleCount }
    : await observeHistograms(calibrated, pass.calibrationSamples, context);
  keep(describeActivations({ model, taps, ranges, observer: pass.observer, ...seen }));
  context.progress({ step: "quantising", done: null, total: null });
  return withNotes(notes, quantiseStatic(model, ranges, options));
}

/** With corrections: as the goal search makes its candidates, so that its recipe gives the same bytes again. */
async function runCandidate(
  candidate: StaticCandidate,
  { model, pass, calibration, context, keep }: PassInput<"int8-static"> & { calibration: DataSetFiles },
): Promise<PassOutcome> {
  const onCalibrated = (seen: SeenActivations): void => keep(describeActivations(seen));
  const builder = await openBuilder({ model, calibration, calibrationSamples: pass.calibrationSamples, context, onCalibrated });
  const built = await builder.convert(candidate);
  // A pass changes the model that it is given.
  Object.assign(model, built.model);
  return { notes: [`Made as ${describeCandidate(candidate)}.`], warnings: built.warnings };
}

async function runFloat16({ model, pass, calibration, context }: PassInput<"fp16">): Promise<PassOutcome> {
  if (pass.mixed !== true) return convertToFloat16(model, present(pass));
  if (calibration === null) throw new FlotillaError("INVALID_INPUT", "Mixed fp16 needs a calibration data set.");
  const observer = new RangeObserver({ histograms: false });
  const taps = float16Taps(model);
  const { notes } = await calibrate({ model, taps, observer, sampleCount: pass.calibrationSamples ?? 128, data: calibration }, context);
  context.progress({ step: "converting", done: null, total: null });
  return withNotes(notes, convertToFloat16(model, { ...present(pass), ranges: observer.ranges() }));
}

function withNotes(before: readonly string[], { notes, warnings }: ConversionResult): PassOutcome {
  return { notes: [...before, ...notes], warnings };
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

/** Runs the passes of a recipe on a model, in their order, and writes the variant as ONNX. */
export const buildVariant: Handler<"build-variant"> = async ({ modelPath, recipe, calibration, outputFile, activationsFile }, context) => {
  context.progress({ step: "reading", done: null, total: null });
  const model = readModel(await readFile(modelPath));
  const notes: string[] = [];
  const warnings: Statement[] = [];
  let activations: Activations | null = null;
  const keep = (seen: Activations): void => {
    activations = seen;
  };
  for (const pass of recipe.passes) {
    if (pass.pass === "export") continue;
    // PASSES pairs each pass with its own parameters, which TypeScript cannot follow through the union.
    const { step, run } = PASSES[pass.pass] as (typeof PASSES)["int8-static"];
    context.progress({ step, done: null, total: null });
    const outcome = await run({ model, pass: pass as Extract<RecipePass, { pass: "int8-static" }>, calibration, context, keep });
    notes.push(...outcome.notes);
    for (const { code, params, sentence } of outcome.warnings ?? []) warnings.push({ code, params: { ...params }, sentence });
  }
  await writeFile(outputFile, writeModel(model));
  if (activations !== null) await writeFile(activationsFile, JSON.stringify(activations));
  return { opset: opsetOf(model), notes, warnings, calibrated: activations !== null };
};

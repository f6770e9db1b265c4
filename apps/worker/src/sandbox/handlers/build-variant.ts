import { readFile, writeFile } from "node:fs/promises";
import { FlotillaError, type RecipePass } from "@flotilla/contracts";
import {
  clusterWeights,
  convertToFloat16,
  type OnnxModel,
  opsetOf,
  quantiseDynamic,
  quantiseStatic,
  readModel,
  roundMantissa,
  simplify,
  writeModel,
} from "@flotilla/onnx";
import { calibrate } from "../../models/calibrate.ts";
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
  fp16: { step: "converting", run: async ({ model, pass }) => convertToFloat16(model, { keepIo: pass.keepIo }).notes },
  "int8-dynamic": { step: "quantising", run: async ({ model, pass }) => quantiseDynamic(model, { perChannel: pass.perChannel }).notes },
  "int8-static": { step: "calibrating", run: runStatic },
  "cluster-weights": { step: "converting", run: async ({ model, pass }) => clusterWeights(model, { clusters: pass.clusters }).notes },
  "round-mantissa": { step: "converting", run: async ({ model, pass }) => roundMantissa(model, { bits: pass.bits }).notes },
};

async function runStatic({ model, pass, calibration, context }: PassInput<"int8-static">): Promise<readonly string[]> {
  if (calibration === null) throw new FlotillaError("INVALID_INPUT", "Static int8 needs a calibration data set.");
  const { ranges, notes } = await calibrate(model, pass, calibration, context);
  context.progress({ step: "quantising", done: null, total: null });
  const { perChannel, activations, reduceRange, exclude } = pass;
  return [...notes, ...quantiseStatic(model, ranges, { perChannel, activations, reduceRange, exclude }).notes];
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

import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  activationsSchema,
  type FileTensors,
  FlotillaError,
  hasGraph,
  type JobPayload,
  needsCalibration,
  type Statement,
  type VariantFormat,
} from "@flotilla/contracts";
import type { Variant } from "@flotilla/db";
import type { JobContext } from "@flotilla/jobs";
import { findCachedVariant, finishJob, hasGraphView, storeVariant } from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import { dataSetFiles } from "./data-set-files.ts";
import { describeMachine } from "./describe-machine.ts";
import { drawModel, recordFailure } from "./draw-graph.ts";
import { exportVariant } from "./export-variant.ts";
import { ask, type Measured, measureVariant } from "./measure-variant.ts";
import { type JobRun, runJob } from "./run-job.ts";
import { variantCacheKey } from "./variant-cache-key.ts";

/** Share of the progress that making the variant takes; measuring it takes the rest. */
const BUILT = 0.4;

/** Runs a recipe on a model version: a variant in the store, then its validation report. */
export async function optimise(ctx: WorkerContext, payload: JobPayload<"optimise">, queue: JobContext): Promise<void> {
  await runJob(ctx, payload, queue, async (run) => {
    const variant = await makeVariant(ctx, run, [0, BUILT]);
    await drawVariant(ctx, run, variant, BUILT);
    await finishMeasured(ctx, run, variant, BUILT);
  });
}

/** Measures a variant where there is a test set, and ends the job. */
export async function finishMeasured(ctx: WorkerContext, run: JobRun, variant: Variant, from: number): Promise<void> {
  const { test, row, version } = run.job;
  let measured: Measured | null = null;
  if (test === null)
    await run.report.log(
      "No test data set was chosen, so the variant was not measured. Validate it with one before you release it.",
      "warning",
    );
  else measured = await measureVariant(ctx, run, variant, test, from);
  run.signal.throwIfAborted();
  run.report.progress({ fraction: 1, step: "storing", done: null, total: null });
  for (const gate of measured?.report.gates ?? []) await run.report.log(gate.sentence, gate.verdict === "fail" ? "warning" : "info");
  await run.report.flush();
  await finishJob(
    ctx.services,
    { id: row.id, organisationId: row.organisationId, modelId: version.modelId },
    { variantId: variant.id, ...(measured ?? { report: null, nodeTimes: null }) },
  );
}

/** Draws the variant's graph now, before anything is timed. A variant without a picture is still a variant: the log says why. */
export async function drawVariant(ctx: WorkerContext, run: JobRun, variant: Variant, fraction: number): Promise<void> {
  const model = { organisationId: variant.organisationId, modelSha256: variant.sha256 };
  if (!hasGraph(variant.format as VariantFormat) || (await hasGraphView(ctx.services, model))) return;
  run.report.progress({ fraction, step: "drawing", done: null, total: null });
  try {
    await drawModel(ctx, model, { directory: run.directory, signal: run.signal });
  } catch (error) {
    run.signal.throwIfAborted();
    const { message } = await recordFailure(ctx, model, error);
    await run.report.log(`The graph could not be drawn. ${message}`, "warning");
  }
}

/** The variant of the job's recipe, from the store where it was made before. */
export async function makeVariant(ctx: WorkerContext, run: JobRun, [from, to]: [number, number]): Promise<Variant> {
  const { recipe, row, version, card, calibration } = run.job;
  const cacheKey = variantCacheKey({ sourceSha256: version.sha256, recipe, calibrationSha256: calibration?.sha256 ?? null, card });
  const store = { job: row, modelId: version.modelId, recipe, cacheKey };
  const keepsActivations = recipe.passes.some(({ pass }) => pass === "int8-static");
  const cached = await findCachedVariant(ctx.services, row.organisationId, { cacheKey, withActivations: keepsActivations });
  if (cached !== null) {
    await run.report.log("The same recipe was run on the same bytes before: its variant is taken from the store.");
    const { sha256, sizeBytes, opset, detail } = cached;
    const facts = {
      format: cached.format as VariantFormat,
      tensors: cached.tensors as FileTensors | null,
      warnings: cached.warnings as Statement[],
      activations: detail?.activations ?? null,
    };
    return storeVariant(ctx.services, { ...store, sha256, sizeBytes: Number(sizeBytes), opset, ...facts });
  }
  const outputFile = join(run.directory, "variant.onnx");
  await warnAboutMachine(run);
  const activationsFile = join(run.directory, "activations.json");
  const built = await ask(ctx, run, "build-variant", { ...(await buildRequest(ctx, run)), outputFile, activationsFile }, [from, to - 0.04]);
  for (const note of built.notes) await run.report.log(note);
  const made = await exportVariant(ctx, run, outputFile, [to - 0.04, to - 0.01]);
  const warnings = [...built.warnings, ...made.warnings];
  for (const { sentence } of warnings) await run.report.log(sentence, "warning");
  run.report.progress({ fraction: to - 0.01, step: "storing", done: null, total: null });
  const { size } = await stat(made.file);
  const { sha256, sizeBytes } = await ctx.services.blob.put(createReadStream(made.file), { maxBytes: size });
  run.signal.throwIfAborted();
  const smaller = (Number(version.sizeBytes) / sizeBytes).toFixed(2);
  await run.report.log(`The variant has ${sizeBytes} bytes, the original ${Number(version.sizeBytes)}: ${smaller} times smaller.`);
  // The child has read foreign bytes: what it wrote is foreign too.
  const activations = built.calibrated ? activationsSchema.parse(JSON.parse(await readFile(activationsFile, "utf8"))) : null;
  const { format, tensors } = made;
  return storeVariant(ctx.services, { ...store, sha256, sizeBytes, opset: built.opset, format, tensors, warnings, activations });
}

async function buildRequest(ctx: WorkerContext, run: JobRun) {
  const { recipe, version, card, calibration } = run.job;
  const calibrates = recipe.passes.some(needsCalibration);
  if (calibrates && calibration === null) {
    throw new FlotillaError(
      "INVALID_INPUT",
      "Static int8 and mixed fp16 need a calibration data set, and this job has none (or it was deleted). Choose one and start again.",
    );
  }
  return {
    modelPath: await ctx.services.blob.localPath(version.sha256),
    recipe,
    calibration: calibrates && calibration !== null ? await dataSetFiles(ctx, calibration, card) : null,
  };
}

async function warnAboutMachine(run: JobRun): Promise<void> {
  const machine = describeMachine();
  const saturates = run.job.recipe.passes.some((pass) => pass.pass === "int8-static" && !pass.reduceRange && pass.activations === "uint8");
  if (!saturates || machine.exactInt8) return;
  await run.report.log(
    `This machine's processor, ${machine.name}, has no VNNI: 8-bit products may saturate here. Accuracy on devices with VNNI or ARM can be better; "reduce range" avoids it.`,
    "warning",
  );
}

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  FlotillaError,
  type JobPayload,
  RELEASE_PAYLOAD_TYPE,
  type ReleaseFile,
  type ReleaseManifest,
  releaseManifestSchema,
  type VariantFormat,
} from "@flotilla/contracts";
import type { JobContext } from "@flotilla/jobs";
import { failRelease, finishRelease, loadRelease, type ReleaseToBuild } from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import { runInChild } from "../sandbox/run-in-child.ts";
import { withWorkDirectory } from "../work-directory.ts";
import { dataSetFiles } from "./data-set-files.ts";
import { asFailure } from "./run-job.ts";

const MAX_ATTEMPTS = 3;
/** Where nothing was measured or estimated: weights, their prepacked copy, and as much again for activations. */
const MEMORY_PER_MODEL_BYTE = 3;

/** Makes the golden set, writes the manifest, signs it. */
export async function buildRelease(ctx: WorkerContext, payload: JobPayload<"build-release">, queue: JobContext): Promise<void> {
  const release = await loadRelease(ctx.services, payload);
  if (release === null) return;
  const row = { id: release.row.id, organisationId: release.row.organisationId, modelId: release.row.modelId };
  try {
    if (queue.attempt > MAX_ATTEMPTS)
      throw new FlotillaError(
        "CHILD_CRASHED",
        `The worker ended ${MAX_ATTEMPTS} times while it built this release, so it is not tried again.`,
      );
    const golden = await withWorkDirectory(ctx.temporaryDirectory, (directory) => makeGoldenSet(ctx, release, directory, queue.signal));
    const manifest = releaseManifestSchema.parse(writeManifest(ctx, release, golden));
    const envelope = ctx.signer.sign(RELEASE_PAYLOAD_TYPE, Buffer.from(JSON.stringify(manifest)));
    await finishRelease(ctx.services, row, { manifest, envelope });
  } catch (error) {
    if (queue.signal.aborted) throw error;
    await failRelease(ctx.services, row, asFailure(ctx, error, row.id));
  }
}

async function makeGoldenSet(
  ctx: WorkerContext,
  release: ReleaseToBuild,
  directory: string,
  signal: AbortSignal,
): Promise<ReleaseManifest["golden"]> {
  if (release.golden === null)
    throw new FlotillaError("NOT_FOUND", "The data set for the golden set no longer exists. Make the release again with another one.");
  const limits = { memoryBytes: ctx.limits.childMemoryBytes, wallClockMs: ctx.limits.stepMs };
  const data = await dataSetFiles(ctx, release.golden, release.card);
  const modelPath = await ctx.services.blob.localPath(release.version.sha256);
  const made = await runInChild("golden-set", { modelPath, data, count: release.row.goldenCount }, { limits, directory, signal });
  const store = async (name: string): Promise<ReleaseFile> => {
    const path = join(directory, name);
    const { size } = await stat(path);
    return { name, ...(await ctx.services.blob.put(createReadStream(path), { maxBytes: size })) };
  };
  return {
    count: made.count,
    inputs: await Promise.all(made.inputFiles.map(store)),
    outputs: await Promise.all(made.outputFiles.map(store)),
  };
}

function writeManifest(ctx: WorkerContext, release: ReleaseToBuild, golden: ReleaseManifest["golden"]): ReleaseManifest {
  const { row, model, version, inspection, card, variants } = release;
  if (variants.length < row.variantIds.length)
    throw new FlotillaError("NOT_FOUND", "A variant of this release no longer exists. Make the release again.");
  return {
    schemaVersion: 1,
    releaseId: row.id,
    organisationId: row.organisationId,
    modelId: model.id,
    modelName: model.name,
    version: version.version,
    counter: row.counter,
    createdAt: ctx.services.clock().toISOString(),
    inputs: inspection.inputs,
    outputs: inspection.outputs,
    preprocessing: card.preprocessing,
    labels: card.labels,
    variants: variants.map((variant) => ({
      id: variant.id,
      name: variant.name,
      model: { name: `model.${variant.format}`, sha256: variant.sha256, sizeBytes: Number(variant.sizeBytes) },
      runtime: variant.format === "tflite" ? ("tflite" as const) : ("onnxruntime" as const),
      format: variant.format as VariantFormat,
      opset: variant.opset,
      profiles: [],
      predictedMemoryBytes: predictMemory(release, variant),
    })),
    golden,
    gates: release.gates,
  };
}

/** Measured peak memory of a process that runs the variant; the source model's where it was only measured beside another variant. */
function predictMemory({ variants, inspection }: ReleaseToBuild, variant: ReleaseToBuild["variants"][number]): number {
  const own = variant.measured?.peakMemoryBytes.variant ?? null;
  const asSource = variant.isSource ? (variants.find((other) => other.measured !== null)?.measured?.peakMemoryBytes.source ?? null) : null;
  return own ?? asSource ?? inspection.memoryEstimateBytes ?? Number(variant.sizeBytes) * MEMORY_PER_MODEL_BYTE;
}

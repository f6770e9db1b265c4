import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { FlotillaError, graphViewSchema, type JobPayload } from "@flotilla/contracts";
import type { JobContext } from "@flotilla/jobs";
import { beginGraphView, failGraphView, finishGraphView, recordGraphStep } from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import { runInChild } from "../sandbox/run-in-child.ts";
import { withWorkDirectory } from "../work-directory.ts";
import { asFailure } from "./run-job.ts";

/** A drawing that has ended this many workers is not tried again. */
const MAX_ATTEMPTS = 3;
/** Of the picture, unpacked: some 500 bytes a node. */
const MAX_VIEW_BYTES = 64 * 2 ** 20;

interface ModelBytes {
  organisationId: string;
  modelSha256: string;
}

/** Draws the graph of a model that was uploaded, or that somebody looks at for the first time. */
export async function drawGraph(ctx: WorkerContext, payload: JobPayload<"draw-graph">, queue: JobContext): Promise<void> {
  const row = await beginGraphView(ctx.services, payload);
  if (row === null) return;
  const model = { organisationId: row.organisationId, modelSha256: row.modelSha256 };
  try {
    if (queue.attempt > MAX_ATTEMPTS)
      throw new FlotillaError(
        "CHILD_CRASHED",
        `The worker ended ${MAX_ATTEMPTS} times while it drew this graph, so it is not tried again.`,
      );
    await withWorkDirectory(ctx.temporaryDirectory, (directory) => drawModel(ctx, model, { directory, signal: queue.signal }));
  } catch (error) {
    if (queue.signal.aborted) throw error;
    await recordFailure(ctx, model, error);
  }
}

/** Draws a model of the store in a child process, and stores what came out after checking that it is a picture and nothing else. */
export async function drawModel(
  ctx: WorkerContext,
  model: ModelBytes,
  { directory, signal }: { directory: string; signal: AbortSignal },
): Promise<void> {
  const { services, limits } = ctx;
  const outputFile = join(directory, "graph-view.json.gz");
  const modelPath = await services.blob.localPath(model.modelSha256);
  await runInChild(
    "draw-graph",
    { modelPath, outputFile },
    {
      directory,
      signal,
      limits: { memoryBytes: limits.childMemoryBytes, wallClockMs: limits.drawGraphMs },
      onProgress: ({ step }) => {
        if (step === "reading" || step === "drawing") void sayStep(ctx, model, step);
      },
    },
  );
  const bytes = await readFile(outputFile);
  await checkView(bytes);
  const { sha256 } = await services.blob.put(Readable.from([bytes]), { maxBytes: bytes.byteLength });
  await finishGraphView(services, model, sha256);
}

/** The row says why there is no picture. */
export async function recordFailure(ctx: WorkerContext, model: ModelBytes, error: unknown): Promise<FlotillaError> {
  const failure = asFailure(ctx, error, model.modelSha256);
  await failGraphView(ctx.services, model, failure);
  return failure;
}

/** The child has read foreign bytes: what it wrote is foreign too. */
async function checkView(bytes: Uint8Array): Promise<void> {
  const json = await promisify(gunzip)(bytes, { maxOutputLength: MAX_VIEW_BYTES });
  const parsed = graphViewSchema.safeParse(JSON.parse(json.toString("utf8")));
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw new FlotillaError("INVALID_GRAPH", `The graph cannot be drawn: ${issue?.path.join(".")}: ${issue?.message}. Please report this.`);
}

async function sayStep(ctx: WorkerContext, model: ModelBytes, step: "reading" | "drawing"): Promise<void> {
  await recordGraphStep(ctx.services, model, step).catch((error: unknown) =>
    ctx.services.logger.warn({ err: error, ...model }, "could not record a drawing's progress"),
  );
}

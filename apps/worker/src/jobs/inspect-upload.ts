import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { FlotillaError, type JobPayload } from "@flotilla/contracts";
import type { Upload } from "@flotilla/db";
import type { JobContext } from "@flotilla/jobs";
import { beginInspection, finishDataSetInspection, finishModelInspection, rejectUpload } from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import { runInChild } from "../sandbox/run-in-child.ts";
import { withWorkDirectory } from "../work-directory.ts";
import { asFailure } from "./run-job.ts";

/** An upload that has ended this many workers gets a negative verdict. */
const MAX_ATTEMPTS = 3;

/** Gives an upload its verdict: a model version or a data set, or a rejection with a sentence. */
export async function inspectUpload(ctx: WorkerContext, payload: JobPayload<"inspect-upload">, queue: JobContext): Promise<void> {
  const upload = await beginInspection(ctx.services, payload);
  if (upload === null) return;
  try {
    if (queue.attempt > MAX_ATTEMPTS)
      throw new FlotillaError("CHILD_CRASHED", `The worker ended ${MAX_ATTEMPTS} times while it read this file, so it is not tried again.`);
    await withWorkDirectory(ctx.temporaryDirectory, (directory) => inspect(ctx, upload, directory, queue.signal));
  } catch (error) {
    if (queue.signal.aborted) throw error;
    await rejectUpload(ctx.services, upload, asFailure(ctx, error, upload.id));
  }
}

async function inspect(ctx: WorkerContext, upload: Upload, directory: string, signal: AbortSignal): Promise<void> {
  if (upload.sha256 === null) throw new FlotillaError("UPLOAD_INCOMPLETE", "The file has not arrived in full. Upload it again.");
  const path = await ctx.services.blob.localPath(upload.sha256);
  if (upload.kind === "model") await inspectModel(ctx, upload, { path, sha256: upload.sha256, directory, signal });
  else await inspectDataSet(ctx, upload, { path, sha256: upload.sha256, directory, signal });
}

interface Place {
  path: string;
  sha256: string;
  directory: string;
  signal: AbortSignal;
}

async function inspectModel(ctx: WorkerContext, upload: Upload, { path, sha256, directory, signal }: Place): Promise<void> {
  const limits = { memoryBytes: ctx.limits.childMemoryBytes, wallClockMs: ctx.limits.inspectModelMs };
  const { inspection, card } = await runInChild(
    "inspect-model",
    { path, sha256, fileName: upload.fileName },
    { directory, signal, limits },
  );
  await finishModelInspection(ctx.services, { upload, inspection, card });
}

async function inspectDataSet(ctx: WorkerContext, upload: Upload, { path, sha256, directory, signal }: Place): Promise<void> {
  const limits = { memoryBytes: ctx.limits.childMemoryBytes, wallClockMs: ctx.limits.inspectDataSetMs };
  const found = await runInChild("inspect-data-set", { path, fileName: upload.fileName }, { directory, signal, limits });
  const data =
    found.dataFile === null ? { sha256, sizeBytes: Number(upload.sizeBytes) } : await store(ctx, join(directory, found.dataFile));
  const labels = found.labelsFile === null ? null : await store(ctx, join(directory, found.labelsFile));
  await finishDataSetInspection(ctx.services, {
    upload,
    kind: found.dataSetKind,
    sha256: data.sha256,
    sizeBytes: data.sizeBytes,
    labelsSha256: labels?.sha256 ?? null,
    sampleCount: found.sampleCount,
    sampleShape: found.sampleShape,
    classNames: found.classNames,
  });
}

async function store(ctx: WorkerContext, path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const { size } = await stat(path);
  return ctx.services.blob.put(createReadStream(path), { maxBytes: size });
}

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type ConversionCheck,
  conversionCheckSchema,
  conversionOptionsSchema,
  FlotillaError,
  type JobPayload,
  modelDescriptionSchema,
  type UploadKind,
} from "@flotilla/contracts";
import type { Upload } from "@flotilla/db";
import type { JobContext } from "@flotilla/jobs";
import {
  beginInspection,
  deleteUnusedBlob,
  finishDataSetInspection,
  findReferenceTarget,
  finishModelInspection,
  finishReferenceCheck,
  recordDescription,
  recordUploadStep,
  rejectUpload,
} from "@flotilla/services/worker";
import type { WorkerContext } from "../context.ts";
import type { InspectionEvent, RequestOf } from "../sandbox/protocol.ts";
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
  const place = { path, sha256: upload.sha256, directory, signal };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what uploads.begin wrote
  await INSPECTIONS[upload.kind as UploadKind](ctx, upload, place);
}

const INSPECTIONS: Record<UploadKind, (ctx: WorkerContext, upload: Upload, place: Place) => Promise<void>> = {
  model: inspectModel,
  "data-set": inspectDataSet,
  reference: checkReference,
};

interface Place {
  path: string;
  sha256: string;
  directory: string;
  signal: AbortSignal;
}

async function inspectModel(ctx: WorkerContext, upload: Upload, { path, sha256, directory, signal }: Place): Promise<void> {
  const limits = { memoryBytes: ctx.limits.childMemoryBytes, wallClockMs: ctx.limits.inspectModelMs };
  const options = conversionOptionsSchema.parse(upload.options ?? {});
  const note = noteUpload(ctx, upload);
  const { inspection, card, converted } = await runInChild(
    "inspect-model",
    { path, sha256, fileName: upload.fileName, options },
    { directory, signal, limits, onEvent: note.event },
  );
  if (converted === null) {
    await note.settled();
    await finishModelInspection(ctx.services, { upload, inspection, card, conversion: null });
    return;
  }
  note.event({ type: "step", step: "comparing" });
  const onnxPath = join(directory, converted.file);
  const { conversion, hints } = converted;
  const request = { uploadedPath: path, onnxPath, format: conversion.format, options, rawPixels: hints.rawPixels, dynamic: hints.dynamic };
  const check = await checkConversion(ctx, request, { directory, signal });
  await note.settled();
  const stored = await store(ctx, onnxPath);
  try {
    const found = { ...inspection, sha256: stored.sha256 };
    await finishModelInspection(ctx.services, { upload, inspection: found, card, conversion: { ...conversion, check } });
  } finally {
    // The upload may have been given up, or its model archived, meanwhile.
    await deleteUnusedBlob(ctx.services, stored.sha256);
  }
}

/** Writes what a child tells of an upload into its row, in order. Nothing of it decides anything, so a failure is only logged. */
function noteUpload(ctx: WorkerContext, upload: Upload): { event: (event: InspectionEvent) => void; settled: () => Promise<void> } {
  let writing = Promise.resolve();
  const write = (event: InspectionEvent): Promise<void> =>
    event.type === "step"
      ? recordUploadStep(ctx.services, upload, event.step)
      : recordDescription(ctx.services, upload, modelDescriptionSchema.parse(event.description));
  return {
    event(event) {
      writing = writing
        .then(() => write(event))
        .catch((error: unknown) => ctx.services.logger.warn({ err: error, uploadId: upload.id }, "could not note an upload's progress"));
    },
    settled: () => writing,
  };
}

/** A reference that cannot be had, for whatever reason, leaves a conversion unproved; it does not undo it. */
async function checkConversion(
  ctx: WorkerContext,
  request: RequestOf<"check-conversion">,
  { directory, signal }: Pick<Place, "directory" | "signal">,
): Promise<ConversionCheck> {
  const limits = { memoryBytes: ctx.limits.childMemoryBytes, wallClockMs: ctx.limits.checkConversionMs };
  try {
    // The child has read foreign bytes: what it says is foreign too.
    return conversionCheckSchema.parse(await runInChild("check-conversion", request, { directory, signal, limits }));
  } catch (error) {
    if (signal.aborted) throw error;
    const { message } = asFailure(ctx, error, request.onnxPath);
    return { reference: "none", why: message, samples: 0, outputs: [], passed: null };
  }
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

/** A person's own inputs and outputs against what a version was converted to. */
async function checkReference(ctx: WorkerContext, upload: Upload, { path, directory, signal }: Place): Promise<void> {
  const { organisationId, targetVersionId: id } = upload;
  const { version, uploadedSha256, conversion } = await findReferenceTarget(ctx.services.db.prisma, { organisationId, id });
  const limits = { memoryBytes: ctx.limits.childMemoryBytes, wallClockMs: ctx.limits.checkConversionMs };
  const [onnxPath, uploadedPath] = await Promise.all([version.sha256, uploadedSha256].map((sha256) => ctx.services.blob.localPath(sha256)));
  const { format, options } = conversion;
  const request = { samplesPath: path, uploadedPath: uploadedPath ?? "", onnxPath: onnxPath ?? "", format, options };
  const check = conversionCheckSchema.parse(await runInChild("check-samples", request, { directory, signal, limits }));
  await finishReferenceCheck(ctx.services, { upload, check: { ...check, file: upload.fileName } });
}

async function store(ctx: WorkerContext, path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const { size } = await stat(path);
  return ctx.services.blob.put(createReadStream(path), { maxBytes: size });
}

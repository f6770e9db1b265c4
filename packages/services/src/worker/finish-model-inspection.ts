import { type Conversion, FlotillaError, type Inspection, type ModelCard } from "@flotilla/contracts";
import { notifyLive, type Tx, type Upload } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { startDrawing } from "../graph-views/start-drawing.ts";
import { toJson } from "../to-json.ts";
import { claimBlob } from "../uploads/lock-blob.ts";

export interface FinishModelInspectionInput {
  upload: Upload;
  inspection: Inspection;
  card: ModelCard;
  /** How the uploaded file became the ONNX file that `inspection` describes and the store holds; null where it is that. */
  conversion: Conversion | null;
}

/** The cache key of the uploaded model itself: no recipe gives it. */
const SOURCE_KEY = "source";

/**
 * Gives a model upload its positive verdict: a new version of its target, or of a new model named after the file, with the
 * uploaded file as ONNX for its first variant.
 */
export async function finishModelInspection(ctx: ServiceContext, input: FinishModelInspectionInput): Promise<void> {
  const { upload, inspection, card } = input;
  const { organisationId, id } = upload;
  await ctx.db.transaction(async (tx) => {
    const open = await tx.upload.findFirst({ where: { id, organisationId, state: "INSPECTING" } });
    if (open === null) return;
    await claimBlob(ctx, tx, inspection.sha256);
    if (input.conversion !== null) await claimBlob(ctx, tx, upload.sha256 ?? "");
    const model = await findOrCreateModel(tx, upload);
    const last = await tx.modelVersion.findFirst({
      where: { modelId: model.id, organisationId },
      orderBy: { version: "desc" },
      select: { version: true, card: true },
    });
    const version = await tx.modelVersion.create({
      data: {
        organisationId,
        modelId: model.id,
        version: (last?.version ?? 0) + 1,
        fileName: upload.fileName,
        sha256: inspection.sha256,
        sizeBytes: inspection.sizeBytes,
        ...uploadedFile(input),
        inspection: toJson(inspection),
        card: toJson(card),
        createdBy: upload.createdBy,
        createdAt: ctx.clock(),
      },
    });
    await tx.variant.create({
      data: {
        organisationId,
        modelVersionId: version.id,
        name: "original",
        recipe: toJson({ schemaVersion: 1, name: "original", passes: [] }),
        cacheKey: SOURCE_KEY,
        sha256: inspection.sha256,
        sizeBytes: inspection.sizeBytes,
        opset: inspection.opsets[""] ?? 0,
        isSource: true,
      },
    });
    await tx.upload.update({
      where: { id },
      data: { state: "READY", inspection: toJson(inspection), modelVersionId: version.id, verdictAt: ctx.clock() },
    });
    const bytes = { organisationId, modelSha256: inspection.sha256 };
    // The verdict does not wait for the picture, and the same bytes have one already.
    if ((await tx.graphView.findUnique({ where: { organisationId_modelSha256: bytes } })) === null) await startDrawing(ctx, tx, bytes);
    await notifyLive(tx, { organisationId, topic: "upload", id });
    await notifyLive(tx, { organisationId, topic: "model", id: model.id });
  });
}

/** What a version remembers of an uploaded file that was converted. */
function uploadedFile({ upload, conversion }: FinishModelInspectionInput) {
  if (conversion === null) return {};
  const { sha256: uploadedSha256, sizeBytes: uploadedSizeBytes } = upload;
  return { uploadedSha256, uploadedSizeBytes, uploadedFormat: conversion.format, conversion: toJson(conversion) };
}

async function findOrCreateModel(tx: Tx, upload: Upload): Promise<{ id: string }> {
  const { organisationId, targetModelId } = upload;
  if (targetModelId !== null) {
    // Locked, so that two uploads for one model get two version numbers.
    const rows = await tx.$queryRawUnsafe<{ id: string }[]>(
      `SELECT id FROM model WHERE id = $1::uuid AND "organisationId" = $2 FOR UPDATE`,
      targetModelId,
      organisationId,
    );
    const [target] = rows;
    if (target === undefined)
      throw new FlotillaError("NOT_FOUND", "The model that this upload was for no longer exists. Upload it as a new model.");
    return target;
  }
  // Serialises the choice of a free name within the organisation.
  await tx.$executeRawUnsafe("SELECT pg_advisory_xact_lock(hashtextextended('model-name:' || $1, 0))", organisationId);
  return tx.model.create({
    data: { organisationId, name: await freeName(tx, organisationId, nameFromFile(upload.fileName)) },
    select: { id: true },
  });
}

/** "MNIST CNN (final).onnx" → "mnist-cnn-final": it is also the model's name in the inference protocol's URLs. */
export function nameFromFile(fileName: string): string {
  const base = fileName.split(/[/\\]/).at(-1) ?? fileName;
  const slug = base
    .replace(/\.[^.]+$/, "")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return slug.slice(0, 60) === "" ? "model" : slug.slice(0, 60);
}

async function freeName(tx: Tx, organisationId: string, wanted: string): Promise<string> {
  const taken = await tx.model.findMany({ where: { organisationId, name: { startsWith: wanted } }, select: { name: true } });
  const names = new Set(taken.map(({ name }) => name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!names.has(name)) return name;
  }
}

import { conversionOptionsSchema, FlotillaError } from "@flotilla/contracts";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { addArrivedUpload } from "../uploads/add-upload.ts";
import { notFound } from "../views/not-found.ts";

export const convertAgainInput = z.object({ versionId: z.uuid(), options: conversionOptionsSchema });
export type ConvertAgainInput = z.infer<typeof convertAgainInput>;

/**
 * Converts the uploaded file of a version once more, with other choices: an upload of bytes that are there, whose verdict is the model's next version.
 * Throws NOT_FOUND, CONFLICT (the version came as ONNX, or its model is archived).
 */
export async function convertAgain(ctx: ServiceContext, actor: Actor, input: ConvertAgainInput): Promise<{ uploadId: string }> {
  const { organisationId } = actor;
  return ctx.db.transaction(async (tx) => {
    const version = await tx.modelVersion.findFirst({ where: { id: input.versionId, organisationId }, include: { model: true } });
    if (version === null) throw notFound("model version");
    if (version.uploadedSha256 === null)
      throw new FlotillaError("CONFLICT", "This version was uploaded as ONNX, so there is nothing to convert.");
    if (version.model.archivedAt !== null)
      throw new FlotillaError("CONFLICT", "The model is archived and takes no new versions. Upload the file as a new model.");
    const uploadId = await addArrivedUpload(ctx, tx, actor, {
      kind: "model",
      fileName: version.fileName,
      sizeBytes: Number(version.uploadedSizeBytes),
      sha256: version.uploadedSha256,
      targetModelId: version.modelId,
      options: input.options,
    });
    return { uploadId };
  });
}

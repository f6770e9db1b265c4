import type { ConversionCheck } from "@flotilla/contracts";
import { notifyLive, type Upload } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { deleteUnusedBlob } from "../data-sets/delete-unused-blob.ts";
import { toJson } from "../to-json.ts";
import { findReferenceTarget } from "../uploads/find-reference-target.ts";

/**
 * Gives a reference its verdict: what came out of the comparison becomes the check of the version's conversion, and a line of its history. The samples
 * have done their work and are removed. Throws what findReferenceTarget throws: the version may have been archived meanwhile.
 */
export async function finishReferenceCheck(
  ctx: ServiceContext,
  { upload, check }: { upload: Upload; check: ConversionCheck },
): Promise<void> {
  const { organisationId, id } = upload;
  await ctx.db.transaction(async (tx) => {
    const open = await tx.upload.findFirst({ where: { id, organisationId, state: "INSPECTING" } });
    if (open === null) return;
    const { version, conversion } = await findReferenceTarget(tx, { organisationId, id: upload.targetVersionId });
    await tx.modelVersion.update({ where: { id: version.id }, data: { conversion: toJson({ ...conversion, check }) } });
    await tx.upload.update({ where: { id }, data: { state: "READY", modelVersionId: version.id, verdictAt: ctx.clock() } });
    await tx.modelEvent.create({
      data: {
        organisationId,
        modelId: version.modelId,
        modelVersionId: version.id,
        at: ctx.clock(),
        actor: upload.createdBy,
        kind: check.passed === true ? "conversion-proved" : "conversion-refuted",
        params: { fileName: upload.fileName, samples: check.samples },
      },
    });
    await notifyLive(tx, { organisationId, topic: "upload", id });
    await notifyLive(tx, { organisationId, topic: "model", id: version.modelId });
  });
  if (upload.sha256 !== null) await deleteUnusedBlob(ctx, upload.sha256);
}

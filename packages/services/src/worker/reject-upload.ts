import type { ErrorCode } from "@flotilla/contracts";
import { notifyLive, type Upload } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { deleteUnusedBlob } from "../data-sets/delete-unused-blob.ts";

/** Gives an upload its negative verdict, and removes its bytes unless another row names them. */
export async function rejectUpload(ctx: ServiceContext, upload: Upload, error: { code: ErrorCode; message: string }): Promise<void> {
  const { organisationId, id } = upload;
  await ctx.db.transaction(async (tx) => {
    await tx.upload.updateMany({
      where: { id, organisationId, state: "INSPECTING" },
      data: { state: "REJECTED", errorCode: error.code, errorMessage: error.message, verdictAt: ctx.clock() },
    });
    await notifyLive(tx, { organisationId, topic: "upload", id });
  });
  if (upload.sha256 !== null) await deleteUnusedBlob(ctx, upload.sha256);
}

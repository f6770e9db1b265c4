import type { FlotillaError } from "@flotilla/contracts";
import { notifyLive, type Upload } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** Gives an upload that has not been taken into the store its negative verdict. Whoever holds its bytes removes them. */
export async function refuseUpload(
  ctx: ServiceContext,
  upload: Pick<Upload, "id" | "organisationId">,
  error: Pick<FlotillaError, "code" | "message">,
): Promise<void> {
  const { organisationId, id } = upload;
  const now = ctx.clock();
  await ctx.db.transaction(async (tx) => {
    await tx.upload.updateMany({
      where: { id, organisationId, state: "UPLOADING" },
      data: { state: "REJECTED", errorCode: error.code, errorMessage: error.message, receivedAt: now, verdictAt: now },
    });
    await notifyLive(tx, { organisationId, topic: "upload", id });
  });
}

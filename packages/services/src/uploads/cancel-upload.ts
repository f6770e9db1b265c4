import { FlotillaError } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { removeUploadFiles } from "./remove-upload-files.ts";

/** Gives an unfinished upload up and removes what has arrived of it. INVALID_TRANSITION once it has arrived in full. */
export async function cancelUpload(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.upload.updateMany({
      where: { id: input.id, organisationId, state: "UPLOADING" },
      data: { state: "EXPIRED", errorCode: "CANCELLED", errorMessage: `Cancelled by ${actor.name}.`, verdictAt: ctx.clock() },
    });
    if (changed.count === 0) {
      const upload = await tx.upload.findFirst({ where: { id: input.id, organisationId }, select: { fileName: true } });
      if (upload === null) throw notFound("upload");
      throw new FlotillaError("INVALID_TRANSITION", `"${upload.fileName}" is not being uploaded any more, so there is nothing to cancel.`);
    }
    await notifyLive(tx, { organisationId, topic: "upload", id: input.id });
  });
  if (ctx.uploadDirectory !== undefined) await removeUploadFiles(ctx.uploadDirectory, input.id);
}

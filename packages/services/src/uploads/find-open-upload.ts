import { FlotillaError } from "@flotilla/contracts";
import type { Upload } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/**
 * The row that bytes may be sent for: of the caller's organisation and still open. Throws NOT_FOUND, UPLOAD_EXPIRED (given up or
 * cancelled), CONFLICT (complete already).
 */
export async function findOpenUpload(ctx: ServiceContext, actor: Actor, uploadId: string): Promise<Upload> {
  const upload = await ctx.db.prisma.upload.findFirst({ where: { id: uploadId, organisationId: actor.organisationId } });
  if (upload === null) throw notFound("upload");
  if (upload.state === "EXPIRED") {
    throw new FlotillaError(
      "UPLOAD_EXPIRED",
      `The upload of "${upload.fileName}" was cancelled or stood still for too long; choose the file again.`,
    );
  }
  if (upload.state !== "UPLOADING") throw new FlotillaError("CONFLICT", `"${upload.fileName}" has arrived in full already.`);
  return upload;
}

import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** Notes how much of an upload has arrived: about once a second while bytes come in. For the process that receives them, which has checked who sends. */
export async function recordUploadProgress(ctx: ServiceContext, input: { uploadId: string; receivedBytes: number }): Promise<void> {
  const [changed] = await ctx.db.prisma.upload.updateManyAndReturn({
    // Answers to two requests may cross; progress never goes back.
    where: { id: input.uploadId, state: "UPLOADING", receivedBytes: { lt: input.receivedBytes } },
    data: { receivedBytes: input.receivedBytes, progressAt: ctx.clock() },
    select: { organisationId: true },
  });
  if (changed !== undefined)
    await notifyLive(ctx.db.prisma, { organisationId: changed.organisationId, topic: "upload", id: input.uploadId });
}

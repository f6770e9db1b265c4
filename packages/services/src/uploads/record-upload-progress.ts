import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** Notes how much of an upload has arrived; called about once a second while bytes come in, and by nobody's page. */
export async function recordUploadProgress(ctx: ServiceContext, input: { organisationId: string; uploadId: string; receivedBytes: number }): Promise<void> {
  const { organisationId, uploadId } = input;
  const changed = await ctx.db.prisma.upload.updateMany({
    where: { id: uploadId, organisationId, state: "UPLOADING" },
    data: { receivedBytes: input.receivedBytes, progressAt: ctx.clock() },
  });
  if (changed.count > 0) await notifyLive(ctx.db.prisma, { organisationId, topic: "upload", id: uploadId });
}

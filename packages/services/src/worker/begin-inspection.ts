import { notifyLive, type Upload } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/**
 * Takes an upload that has arrived for inspection, or takes it up again after a worker died. null when there is nothing to do: it was
 * cancelled, or has its verdict already.
 */
export async function beginInspection(ctx: ServiceContext, input: { organisationId: string; uploadId: string }): Promise<Upload | null> {
  const { organisationId, uploadId: id } = input;
  return ctx.db.transaction(async (tx) => {
    const changed = await tx.upload.updateMany({
      where: { id, organisationId, state: { in: ["RECEIVED", "INSPECTING"] } },
      data: { state: "INSPECTING" },
    });
    if (changed.count === 0) return null;
    await notifyLive(tx, { organisationId, topic: "upload", id });
    return tx.upload.findFirst({ where: { id, organisationId } });
  });
}

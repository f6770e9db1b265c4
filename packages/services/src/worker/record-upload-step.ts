import type { ModelDescription, UploadStep } from "@flotilla/contracts";
import { notifyLive, type Upload } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";

type UploadRow = Pick<Upload, "id" | "organisationId">;

/** Notes what the worker is at with an upload. Nothing happens where it has its verdict. */
export async function recordUploadStep(ctx: ServiceContext, upload: UploadRow, step: UploadStep): Promise<void> {
  await record(ctx, upload, { step });
}

/** Notes what a model in another format holds, before anything of it is converted. */
export async function recordDescription(ctx: ServiceContext, upload: UploadRow, description: ModelDescription): Promise<void> {
  await record(ctx, upload, { description: toJson(description) });
}

async function record(
  ctx: ServiceContext,
  { id, organisationId }: UploadRow,
  data: { step: string } | { description: ReturnType<typeof toJson> },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.upload.updateMany({ where: { id, organisationId, state: "INSPECTING" }, data });
    if (changed.count > 0) await notifyLive(tx, { organisationId, topic: "upload", id });
  });
}

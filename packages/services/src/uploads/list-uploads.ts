import type { UploadView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { toUploadView } from "./to-upload-view.ts";

const FINISHED_SHOWN = 20;

/** Everything unfinished, then the last 20 that have a verdict; newest first in each. */
export async function listUploads(ctx: ServiceContext, actor: Actor): Promise<UploadView[]> {
  const { organisationId } = actor;
  const unfinished = { in: ["UPLOADING", "RECEIVED", "INSPECTING"] };
  const [open, finished] = await Promise.all([
    ctx.db.prisma.upload.findMany({ where: { organisationId, state: unfinished }, orderBy: { createdAt: "desc" } }),
    ctx.db.prisma.upload.findMany({
      where: { organisationId, NOT: { state: unfinished } },
      orderBy: { createdAt: "desc" },
      take: FINISHED_SHOWN,
    }),
  ]);
  const models = await modelIdsOf(ctx, [...open, ...finished]);
  return [...open, ...finished].map((upload) => toUploadView(upload, models));
}

/** One upload of the caller's organisation. Throws NOT_FOUND. */
export async function getUpload(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<UploadView> {
  const upload = await ctx.db.prisma.upload.findFirst({ where: { id: input.id, organisationId: actor.organisationId } });
  if (upload === null) throw notFound("upload");
  return toUploadView(upload, await modelIdsOf(ctx, [upload]));
}

/** Model id by version id. */
async function modelIdsOf(ctx: ServiceContext, uploads: readonly { modelVersionId: string | null }[]): Promise<Map<string, string>> {
  const versionIds = uploads.flatMap((upload) => (upload.modelVersionId === null ? [] : [upload.modelVersionId]));
  if (versionIds.length === 0) return new Map();
  const versions = await ctx.db.prisma.modelVersion.findMany({ where: { id: { in: versionIds } }, select: { id: true, modelId: true } });
  return new Map(versions.map((version) => [version.id, version.modelId]));
}

import type { Readable } from "node:stream";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

export interface UploadedFile {
  fileName: string;
  sizeBytes: number;
  open: () => Promise<Readable>;
}

/** The file that a version was uploaded as, before any conversion. Throws NOT_FOUND. */
export async function readUploadedFile(ctx: ServiceContext, actor: Actor, input: { versionId: string }): Promise<UploadedFile> {
  const version = await ctx.db.prisma.modelVersion.findFirst({ where: { id: input.versionId, organisationId: actor.organisationId } });
  if (version === null) throw notFound("model version");
  const sha256 = version.uploadedSha256 ?? version.sha256;
  const blob = await ctx.blob.stat(sha256);
  if (blob === null) throw notFound("file");
  return { fileName: version.fileName, sizeBytes: blob.sizeBytes, open: () => ctx.blob.open(sha256) };
}

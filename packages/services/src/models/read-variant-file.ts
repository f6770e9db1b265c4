import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import type { UploadedFile } from "./read-uploaded-file.ts";

/** What of a name may stand in a file's name on every system. */
const UNSAFE = /[^\p{L}\p{N}._-]+/gu;

/** The file of a variant, named after the model, its version and the variant, with its format's ending. Throws NOT_FOUND. */
export async function readVariantFile(ctx: ServiceContext, actor: Actor, input: { variantId: string }): Promise<UploadedFile> {
  const variant = await ctx.db.prisma.variant.findFirst({
    where: { id: input.variantId, organisationId: actor.organisationId },
    include: { modelVersion: { include: { model: true } } },
  });
  if (variant === null) throw notFound("variant");
  const { sha256, modelVersion, name } = variant;
  const blob = await ctx.blob.stat(sha256);
  if (blob === null) throw notFound("file");
  const stem = [modelVersion.model.name, String(modelVersion.version), name].map((part) => part.replaceAll(UNSAFE, "-")).join("-");
  const fileName = `${stem}.${variant.format}`;
  return { fileName, sizeBytes: blob.sizeBytes, open: () => ctx.blob.open(sha256) };
}

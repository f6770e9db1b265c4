import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { nameVariantFile } from "./name-variant-file.ts";
import type { UploadedFile } from "./read-uploaded-file.ts";

/** The file of a variant, named after the model, its version and the variant, with its format's ending. Throws NOT_FOUND. */
export async function readVariantFile(ctx: ServiceContext, actor: Actor, input: { variantId: string }): Promise<UploadedFile> {
  const variant = await ctx.db.prisma.variant.findFirst({
    where: { id: input.variantId, organisationId: actor.organisationId },
    include: { modelVersion: { include: { model: true } } },
  });
  if (variant === null) throw notFound("variant");
  const { sha256 } = variant;
  const blob = await ctx.blob.stat(sha256);
  if (blob === null) throw notFound("file");
  return { fileName: nameVariantFile(variant, variant.format), sizeBytes: blob.sizeBytes, open: () => ctx.blob.open(sha256) };
}

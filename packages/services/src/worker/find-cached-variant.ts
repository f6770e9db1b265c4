import { Prisma, type Variant, type VariantDetail } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/**
 * A variant of the organisation that the same recipe gave from the same bytes before; its bytes are still in the store. `withActivations`: one whose
 * histograms were kept, too; variants that are older than these are made again.
 */
export async function findCachedVariant(
  ctx: ServiceContext,
  organisationId: string,
  { cacheKey, withActivations }: { cacheKey: string; withActivations: boolean },
): Promise<(Variant & { detail: VariantDetail | null }) | null> {
  const variant = await ctx.db.prisma.variant.findFirst({
    where: { organisationId, cacheKey, ...(withActivations ? { detail: { activations: { not: Prisma.DbNull } } } : {}) },
    include: { detail: true },
    orderBy: { createdAt: "desc" },
  });
  return variant !== null && (await ctx.blob.stat(variant.sha256)) !== null ? variant : null;
}

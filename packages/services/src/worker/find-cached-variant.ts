import type { Variant } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** A variant of the organisation that the same recipe gave from the same bytes before; its bytes are still in the store. */
export async function findCachedVariant(ctx: ServiceContext, organisationId: string, cacheKey: string): Promise<Variant | null> {
  const variant = await ctx.db.prisma.variant.findFirst({ where: { organisationId, cacheKey }, orderBy: { createdAt: "desc" } });
  return variant !== null && (await ctx.blob.stat(variant.sha256)) !== null ? variant : null;
}

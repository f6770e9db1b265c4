import type { Variant } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** The variant that a validation job is about; null when it was deleted. */
export async function findVariant(ctx: ServiceContext, organisationId: string, id: string): Promise<Variant | null> {
  return ctx.db.prisma.variant.findFirst({ where: { organisationId, id } });
}

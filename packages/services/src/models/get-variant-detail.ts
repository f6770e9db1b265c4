import type { Activations, NodeTimes } from "@flotilla/contracts";
import type { VariantDetailView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** What was measured of a variant and is too big for every list: histograms of its activations, times of its nodes. Throws NOT_FOUND. */
export async function getVariantDetail(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<VariantDetailView> {
  const variant = await ctx.db.prisma.variant.findFirst({
    where: { id: input.id, organisationId: actor.organisationId },
    select: { detail: true },
  });
  if (variant === null) throw notFound("variant");
  return {
    activations: (variant.detail?.activations ?? null) as Activations | null,
    nodeTimes: (variant.detail?.nodeTimes ?? null) as NodeTimes | null,
  };
}

import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** The caller's organisation. */
export async function getOrganisation(ctx: ServiceContext, actor: Actor): Promise<{ id: string; name: string }> {
  const organisation = await ctx.db.prisma.organization.findUnique({
    where: { id: actor.organisationId },
    select: { id: true, name: true },
  });
  if (organisation === null) throw notFound("organisation");
  return organisation;
}

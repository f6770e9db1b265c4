import { notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** Ends a token: no further device joins by it; those that did stay. Throws NOT_FOUND. */
export async function revokeToken(ctx: ServiceContext, actor: Actor, id: string): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    const token = await tx.enrolmentToken.findFirst({ where: { id, organisationId }, select: { revokedAt: true } });
    if (token === null) throw notFound("token");
    if (token.revokedAt !== null) return;
    await tx.enrolmentToken.update({ where: { id }, data: { revokedAt: ctx.clock() } });
    await notifyLive(tx, { organisationId, topic: "settings" });
  });
}

import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";

export const renameOrganisationInput = z.object({ name: z.string().trim().min(1).max(120) });

export async function renameOrganisation(ctx: ServiceContext, actor: Actor, input: z.infer<typeof renameOrganisationInput>): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await tx.organization.update({ where: { id: actor.organisationId }, data: { name: input.name } });
    await notifyLive(tx, { organisationId: actor.organisationId, topic: "settings" });
  });
}

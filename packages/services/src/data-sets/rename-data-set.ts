import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

export const renameDataSetInput = z.object({ id: z.uuid(), name: z.string().trim().min(1).max(120) });

/** Throws NOT_FOUND. */
export async function renameDataSet(ctx: ServiceContext, actor: Actor, input: z.infer<typeof renameDataSetInput>): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.dataSet.updateMany({ where: { id: input.id, organisationId }, data: { name: input.name } });
    if (changed.count === 0) throw notFound("data set");
    await notifyLive(tx, { organisationId, topic: "data-set", id: input.id });
  });
}

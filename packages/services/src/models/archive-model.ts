import { notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** Takes a model out of the list. Nothing is deleted: devices go on running its releases. Throws NOT_FOUND. */
export async function archiveModel(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.model.updateMany({
      where: { id: input.id, organisationId, archivedAt: null },
      data: { archivedAt: ctx.clock() },
    });
    if (changed.count === 0) throw notFound("model");
    await tx.modelEvent.create({ data: { organisationId, modelId: input.id, at: ctx.clock(), actor: actor.userId, kind: "archived" } });
    await notifyLive(tx, { organisationId, topic: "model", id: input.id });
  });
}

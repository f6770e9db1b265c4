import { FlotillaError } from "@flotilla/contracts";
import { isUniqueViolation, notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

export const renameModelInput = z.object({ id: z.uuid(), name: z.string().trim().min(1).max(120) });

/** Gives a model another name; releases that are signed keep theirs. Throws NOT_FOUND, CONFLICT (the name is taken). */
export async function renameModel(ctx: ServiceContext, actor: Actor, input: z.infer<typeof renameModelInput>): Promise<void> {
  const { organisationId } = actor;
  try {
    await ctx.db.transaction(async (tx) => {
      const model = await tx.model.findFirst({ where: { id: input.id, organisationId }, select: { name: true } });
      if (model === null) throw notFound("model");
      if (model.name === input.name) return;
      await tx.model.update({ where: { id: input.id }, data: { name: input.name } });
      await tx.modelEvent.create({
        data: {
          organisationId,
          modelId: input.id,
          at: ctx.clock(),
          actor: actor.userId,
          kind: "renamed",
          params: { from: model.name, to: input.name },
        },
      });
      await notifyLive(tx, { organisationId, topic: "model", id: input.id });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new FlotillaError("CONFLICT", `Another model is called "${input.name}" already; choose another name.`);
    throw error;
  }
}

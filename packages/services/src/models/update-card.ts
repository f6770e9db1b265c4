import { FlotillaError, type ModelCard, modelCardSchema } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

export const updateCardInput = z.object({ versionId: z.uuid(), card: modelCardSchema });
export type UpdateCardInput = z.infer<typeof updateCardInput>;

/** Replaces the part of a version's card that people write. Throws NOT_FOUND, INVALID_INPUT. */
export async function updateCard(ctx: ServiceContext, actor: Actor, input: UpdateCardInput): Promise<void> {
  const { organisationId } = actor;
  checkPreprocessing(input.card.preprocessing);
  await ctx.db.transaction(async (tx) => {
    const version = await tx.modelVersion.findFirst({
      where: { id: input.versionId, organisationId },
      select: { id: true, modelId: true },
    });
    if (version === null) throw notFound("model version");
    await tx.modelVersion.update({ where: { id: version.id }, data: { card: input.card } });
    await tx.modelEvent.create({
      data: {
        organisationId,
        modelId: version.modelId,
        modelVersionId: version.id,
        at: ctx.clock(),
        actor: actor.userId,
        kind: "card-edited",
      },
    });
    await notifyLive(tx, { organisationId, topic: "model", id: version.modelId });
  });
}

/** One mean and one deviation for all channels, or one each. */
function checkPreprocessing(preprocessing: ModelCard["preprocessing"]): void {
  if (preprocessing === null) return;
  for (const field of ["mean", "std"] as const) {
    const count = preprocessing[field].length;
    if (count === 1 || count === preprocessing.channels) continue;
    throw new FlotillaError(
      "INVALID_INPUT",
      `"${field}" has ${count} numbers for ${preprocessing.channels} channel(s): give one number, or ${preprocessing.channels}.`,
    );
  }
}

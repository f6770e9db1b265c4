import { type Recipe, validationGateSchema } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { checkDataSet } from "./check-data-set.ts";

export const startValidationInput = z.object({
  variantId: z.uuid(),
  testDataSetId: z.uuid(),
  gates: z.array(validationGateSchema).max(20),
});
export type StartValidationInput = z.infer<typeof startValidationInput>;

/** Measures a variant again, on another data set or with other gates. Throws NOT_FOUND, PREPROCESSING_MISMATCH. */
export async function startValidation(ctx: ServiceContext, actor: Actor, input: StartValidationInput): Promise<{ jobId: string }> {
  const { organisationId } = actor;
  return ctx.db.transaction(async (tx) => {
    const variant = await tx.variant.findFirst({ where: { id: input.variantId, organisationId }, include: { modelVersion: true } });
    if (variant === null) throw notFound("variant");
    await checkDataSet(tx, actor, input.testDataSetId, variant.modelVersion);
    const job = await tx.job.create({
      data: {
        organisationId,
        kind: "validate",
        state: "QUEUED",
        modelVersionId: variant.modelVersionId,
        variantId: variant.id,
        recipe: variant.recipe as Recipe,
        testDataSetId: input.testDataSetId,
        gates: input.gates,
        createdBy: actor.userId,
        createdAt: ctx.clock(),
      },
    });
    await ctx.queue.enqueue(tx, "validate", { organisationId, jobId: job.id });
    await notifyLive(tx, { organisationId, topic: "job", id: job.id });
    return { jobId: job.id };
  });
}

import { FlotillaError, type JobName } from "@flotilla/contracts";
import { notifyLive, type Prisma, type Search } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/**
 * Starts a job that failed or was cancelled again, as a job of its own: the old one keeps its log and its error, and a worker that still
 * lets go of it cannot touch the new one. Throws NOT_FOUND, INVALID_TRANSITION.
 */
export async function retryJob(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<{ jobId: string }> {
  const { organisationId } = actor;
  return ctx.db.transaction(async (tx) => {
    const job = await tx.job.findFirst({ where: { id: input.id, organisationId }, include: { search: true } });
    if (job === null) throw notFound("job");
    if (job.state !== "FAILED" && job.state !== "CANCELLED") {
      throw new FlotillaError(
        "INVALID_TRANSITION",
        `Only a job that failed or was cancelled can be started again; this one is ${job.state}.`,
      );
    }
    const again = await tx.job.create({
      data: {
        organisationId,
        kind: job.kind,
        state: "QUEUED",
        modelVersionId: job.modelVersionId,
        variantId: job.kind === "validate" ? job.variantId : null,
        recipe: job.recipe as Prisma.InputJsonValue,
        calibrationDataSetId: job.calibrationDataSetId,
        testDataSetId: job.testDataSetId,
        gates: job.gates as Prisma.InputJsonValue,
        createdBy: actor.userId,
        createdAt: ctx.clock(),
        ...(job.search === null ? {} : { search: { create: toSearch(job.search) } }),
      },
    });
    await ctx.queue.enqueue(tx, job.kind as Extract<JobName, "optimise" | "validate" | "search">, { organisationId, jobId: again.id });
    await notifyLive(tx, { organisationId, topic: "job", id: again.id });
    return { jobId: again.id };
  });
}

/** What the first attempt found is still true: the second goes on from it. */
function toSearch({ organisationId, goal, steeringDataSetId, findings }: Search) {
  return {
    organisationId,
    goal: goal as Prisma.InputJsonValue,
    steeringDataSetId,
    ...(findings === null ? {} : { findings: findings as Prisma.InputJsonValue }),
  };
}

import { FlotillaError } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/**
 * Ends a job at once: the row says CANCELLED in the same moment, and the worker that holds it, if any, sees `cancelRequestedAt` and ends its child
 * process. Throws NOT_FOUND, INVALID_TRANSITION (it has ended).
 */
export async function cancelJob(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<void> {
  const { organisationId } = actor;
  const now = ctx.clock();
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.job.updateMany({
      where: { id: input.id, organisationId, state: { in: ["QUEUED", "RUNNING"] } },
      data: {
        state: "CANCELLED",
        cancelRequestedAt: now,
        finishedAt: now,
        errorCode: "CANCELLED",
        errorMessage: `Cancelled by ${actor.name}.`,
      },
    });
    if (changed.count === 0) {
      const job = await tx.job.findFirst({ where: { id: input.id, organisationId }, select: { state: true } });
      if (job === null) throw notFound("job");
      throw new FlotillaError("INVALID_TRANSITION", `This job has ended (${job.state}), so there is nothing to cancel.`);
    }
    await tx.jobLog.create({
      data: { organisationId, jobId: input.id, at: now, level: "warning", message: `Cancelled by ${actor.name}.` },
    });
    await notifyLive(tx, { organisationId, topic: "job", id: input.id });
    await notifyLive(tx, { organisationId, topic: "job-log", id: input.id });
  });
}

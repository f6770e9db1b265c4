import { FlotillaError } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** Ends a search early and keeps what it found: the worker gives its verdict on that. Throws NOT_FOUND, INVALID_TRANSITION. */
export async function stopSearch(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    const search = await tx.search.findFirst({
      where: { jobId: input.id, organisationId },
      include: { job: { select: { state: true } } },
    });
    if (search === null) throw notFound("search");
    if (search.job.state !== "RUNNING")
      throw new FlotillaError("INVALID_TRANSITION", `Only a search that runs can be stopped; this one is ${search.job.state}.`);
    await tx.search.update({ where: { jobId: input.id }, data: { stopRequestedAt: search.stopRequestedAt ?? ctx.clock() } });
    await notifyLive(tx, { organisationId, topic: "job", id: input.id });
  });
}

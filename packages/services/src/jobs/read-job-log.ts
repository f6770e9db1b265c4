import type { JobLogLine } from "@flotilla/contracts/views";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";

const PAGE = 1_000;

/** `afterId`: the last line that the caller has; without it, the log from its start. */
export const readJobLogInput = z.object({ jobId: z.uuid(), afterId: z.number().int().nonnegative().optional() });

/** Up to 1,000 lines of a job's log in order; ask again with the last id for what follows. */
export async function readJobLog(ctx: ServiceContext, actor: Actor, input: z.infer<typeof readJobLogInput>): Promise<JobLogLine[]> {
  const rows = await ctx.db.prisma.jobLog.findMany({
    where: { jobId: input.jobId, organisationId: actor.organisationId, id: { gt: input.afterId ?? 0 } },
    orderBy: { id: "asc" },
    take: PAGE,
  });
  return rows.map((row) => ({ id: Number(row.id), at: row.at, level: row.level as JobLogLine["level"], message: row.message }));
}

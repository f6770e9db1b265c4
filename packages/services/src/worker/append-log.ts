import type { JobLogLine } from "@flotilla/contracts/views";
import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** Adds a sentence to a job's log. */
export async function appendLog(
  ctx: ServiceContext,
  job: { id: string; organisationId: string },
  level: JobLogLine["level"],
  message: string,
): Promise<void> {
  const { id, organisationId } = job;
  await ctx.db.transaction(async (tx) => {
    await tx.jobLog.create({ data: { organisationId, jobId: id, at: ctx.clock(), level, message } });
    await notifyLive(tx, { organisationId, topic: "job-log", id });
  });
}

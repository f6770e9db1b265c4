import type { JobProgress } from "@flotilla/contracts/views";
import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";

/** Writes how far a running job is. False when it no longer runs: it was cancelled, and the worker should stop. */
export async function recordProgress(
  ctx: ServiceContext,
  job: { id: string; organisationId: string },
  progress: JobProgress,
): Promise<boolean> {
  const { id, organisationId } = job;
  return ctx.db.transaction(async (tx) => {
    const changed = await tx.job.updateMany({ where: { id, organisationId, state: "RUNNING" }, data: { progress: toJson(progress) } });
    if (changed.count > 0) await notifyLive(tx, { organisationId, topic: "job", id });
    return changed.count > 0;
  });
}

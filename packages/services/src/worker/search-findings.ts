import type { SearchFindings, SearchGoal } from "@flotilla/contracts";
import { type DataSet, notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";

export interface SearchToRun {
  goal: SearchGoal;
  /** Null where it was deleted meanwhile. */
  steering: DataSet | null;
  /** What an earlier attempt found. */
  findings: SearchFindings | null;
}

/** The search of a job, with what an earlier attempt found. */
export async function loadSearch(ctx: ServiceContext, job: { id: string; organisationId: string }): Promise<SearchToRun | null> {
  const { id, organisationId } = job;
  const search = await ctx.db.prisma.search.findFirst({ where: { jobId: id, organisationId } });
  if (search === null) return null;
  const steering = await ctx.db.prisma.dataSet.findFirst({ where: { id: search.steeringDataSetId, organisationId } });
  return { goal: search.goal as SearchGoal, steering, findings: search.findings as SearchFindings | null };
}

/** Keeps what a running search found; open tabs see it at once. */
export async function recordFindings(
  ctx: ServiceContext,
  job: { id: string; organisationId: string },
  findings: SearchFindings,
): Promise<void> {
  const { id, organisationId } = job;
  await ctx.db.transaction(async (tx) => {
    await tx.search.updateMany({ where: { jobId: id, organisationId }, data: { findings: toJson(findings) } });
    await notifyLive(tx, { organisationId, topic: "job", id });
  });
}

/** Whether a person asked the search to end with what it has. */
export async function isSearchStopped(ctx: ServiceContext, job: { id: string; organisationId: string }): Promise<boolean> {
  const { id, organisationId } = job;
  const search = await ctx.db.prisma.search.findFirst({ where: { jobId: id, organisationId }, select: { stopRequestedAt: true } });
  return search !== null && search.stopRequestedAt !== null;
}

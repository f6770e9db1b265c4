import type { ErrorCode, ValidationReport } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";

interface EndingRow {
  id: string;
  organisationId: string;
}

interface EndingJob extends EndingRow {
  modelId: string;
}

/** Ends a job well: its variant has the report. Does nothing when the job was cancelled meanwhile. */
export async function finishJob(
  ctx: ServiceContext,
  job: EndingJob,
  result: { variantId: string; report: ValidationReport | null },
): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const ended = await end(ctx, tx, job, { state: "SUCCEEDED", variantId: result.variantId, errorCode: null, errorMessage: null });
    if (!ended || result.report === null) return;
    await tx.variant.updateMany({
      where: { id: result.variantId, organisationId: job.organisationId },
      data: { report: toJson(result.report) },
    });
  });
}

/** Ends a search that found nothing to recommend: an answer, not a failure. */
export async function finishSearch(ctx: ServiceContext, { row, version }: { row: EndingRow; version: { modelId: string } }): Promise<void> {
  const job = { id: row.id, organisationId: row.organisationId, modelId: version.modelId };
  await ctx.db.transaction(async (tx) => void (await end(ctx, tx, job, { state: "SUCCEEDED", errorCode: null, errorMessage: null })));
}

/** Ends a job with its reason, which also goes into its log. Does nothing when it has ended. */
export async function failJob(ctx: ServiceContext, job: EndingJob, error: { code: ErrorCode; message: string }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const ended = await end(ctx, tx, job, { state: "FAILED", errorCode: error.code, errorMessage: error.message });
    if (!ended) return;
    await tx.jobLog.create({
      data: { organisationId: job.organisationId, jobId: job.id, at: ctx.clock(), level: "error", message: error.message },
    });
    await notifyLive(tx, { organisationId: job.organisationId, topic: "job-log", id: job.id });
  });
}

async function end(
  ctx: ServiceContext,
  tx: Tx,
  job: EndingJob,
  data: { state: string; variantId?: string; errorCode: string | null; errorMessage: string | null },
): Promise<boolean> {
  const { id, organisationId, modelId } = job;
  const changed = await tx.job.updateMany({ where: { id, organisationId, state: "RUNNING" }, data: { ...data, finishedAt: ctx.clock() } });
  if (changed.count === 0) return false;
  await notifyLive(tx, { organisationId, topic: "job", id });
  await notifyLive(tx, { organisationId, topic: "model", id: modelId });
  return true;
}

import type { ErrorCode, NodeTimes, ValidationReport } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";
import { storeDetail } from "./store-detail.ts";

interface EndingRow {
  id: string;
  organisationId: string;
}

interface EndingJob extends EndingRow {
  modelId: string;
}

export interface JobResult {
  variantId: string;
  /** Both null where nothing was measured. */
  report: ValidationReport | null;
  nodeTimes: { source: NodeTimes; variant: NodeTimes } | null;
}

/** Ends a job well: its variant has the report, and both models have the times of their nodes. Does nothing when the job was cancelled meanwhile. */
export async function finishJob(ctx: ServiceContext, job: EndingJob, result: JobResult): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const ended = await end(ctx, tx, job, { state: "SUCCEEDED", variantId: result.variantId, errorCode: null, errorMessage: null });
    if (!ended || result.report === null) return;
    await tx.variant.updateMany({
      where: { id: result.variantId, organisationId: job.organisationId },
      data: { report: toJson(result.report) },
    });
    await storeTimes(tx, job, result);
  });
}

async function storeTimes(tx: Tx, { organisationId }: EndingJob, { variantId, nodeTimes }: JobResult): Promise<void> {
  if (nodeTimes === null) return;
  const variant = await tx.variant.findFirst({ where: { id: variantId, organisationId } });
  if (variant === null) return;
  const source = await tx.variant.findFirst({ where: { modelVersionId: variant.modelVersionId, organisationId, isSource: true } });
  if (source !== null) await storeDetail(tx, source, { nodeTimes: toJson(nodeTimes.source) });
  await storeDetail(tx, variant, { nodeTimes: toJson(nodeTimes.variant) });
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

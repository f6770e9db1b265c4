import { TARGET_RULES_VERSION, type TargetReport } from "@flotilla/contracts/targets";
import type { TargetReportState } from "@flotilla/contracts";
import type { TargetReportStatus } from "@flotilla/contracts/views";
import { notifyLive, Prisma, type TargetReport as Row } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { lockBlob } from "../uploads/lock-blob.ts";
import { notFound } from "../views/not-found.ts";
import { toErrorView } from "../views/to-error-view.ts";
import { countMeasured } from "./count-measured.ts";

/**
 * What each kind of device makes of a variant. Reading fills a cache, so a report that is not there, or follows other rules, is started by whoever may read.
 * Throws NOT_FOUND.
 */
export async function getTargetReport(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<TargetReportStatus> {
  return answer(ctx, await findModel(ctx, actor, input.id), isCurrent);
}

/** Makes a report again that failed. Throws NOT_FOUND. */
export async function retryTargetReport(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<TargetReportStatus> {
  return answer(ctx, await findModel(ctx, actor, input.id), (row) => row.state !== "FAILED" && isCurrent(row));
}

interface ModelBytes {
  organisationId: string;
  modelSha256: string;
  fileSha256: string;
}

async function findModel(ctx: ServiceContext, { organisationId }: Actor, variantId: string): Promise<ModelBytes> {
  const variant = await ctx.db.prisma.variant.findFirst({
    where: { id: variantId, organisationId },
    select: { sha256: true, isSource: true, modelVersion: { select: { uploadedSha256: true, uploadedFormat: true } } },
  });
  if (variant === null) throw notFound("variant");
  const { uploadedSha256, uploadedFormat } = variant.modelVersion;
  const isTflite = variant.isSource && uploadedFormat === "tflite" && uploadedSha256 !== null;
  return { organisationId, modelSha256: variant.sha256, fileSha256: isTflite ? uploadedSha256 : variant.sha256 };
}

function isCurrent(row: Row): boolean {
  return row.version === TARGET_RULES_VERSION;
}

async function answer(ctx: ServiceContext, model: ModelBytes, isDone: (row: Row) => boolean): Promise<TargetReportStatus> {
  const found = await ctx.db.prisma.targetReport.findUnique({ where: { organisationId_modelSha256_fileSha256: model } });
  const row = found !== null && isDone(found) ? found : await startOnce(ctx, model, isDone);
  const state = row.state as TargetReportState;
  return {
    state,
    step: state === "BUILDING" ? (row.step as TargetReportStatus["step"]) : null,
    report: state === "READY" ? (row.report as TargetReport) : null,
    error: toErrorView(row),
    measured: await countMeasured(ctx, model),
  };
}

/** Two tabs that look at the same moment start one report. */
async function startOnce(ctx: ServiceContext, model: ModelBytes, isDone: (row: Row) => boolean): Promise<Row> {
  return ctx.db.transaction(async (tx) => {
    await lockBlob(tx, model.modelSha256);
    const where = { organisationId_modelSha256_fileSha256: model };
    const found = await tx.targetReport.findUnique({ where });
    if (found !== null && isDone(found)) return found;
    const begun = {
      version: TARGET_RULES_VERSION,
      state: "BUILDING",
      step: "queued",
      report: Prisma.DbNull,
      errorCode: null,
      errorMessage: null,
      createdAt: ctx.clock(),
      finishedAt: null,
    };
    const row = await tx.targetReport.upsert({ where, create: { ...model, ...begun }, update: begun });
    await ctx.queue.enqueue(tx, "report-targets", { organisationId: model.organisationId, targetReportId: row.id });
    await notifyLive(tx, { organisationId: model.organisationId, topic: "target-report", id: row.id });
    return row;
  });
}

import type { ErrorCode } from "@flotilla/contracts";
import { TARGET_RULES_VERSION, type TargetReport } from "@flotilla/contracts/targets";
import type { TargetReportStatus } from "@flotilla/contracts/views";
import { notifyLive, type TargetReport as Row } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { nameVariantFile } from "../models/name-variant-file.ts";
import { toJson } from "../to-json.ts";

export interface TargetReportToMake {
  row: Row;
  /** How the TFLite file of the model is called, or would be. */
  fileName: string;
}

/** A report that is to be made; null when it is made, or no longer there. */
export async function beginTargetReport(
  ctx: ServiceContext,
  { organisationId, targetReportId }: { organisationId: string; targetReportId: string },
): Promise<TargetReportToMake | null> {
  const row = await ctx.db.prisma.targetReport.findFirst({ where: { id: targetReportId, organisationId, state: "BUILDING" } });
  if (row === null) return null;
  const variant = await ctx.db.prisma.variant.findFirst({
    where: { organisationId, sha256: row.modelSha256 },
    orderBy: { createdAt: "asc" },
    include: { modelVersion: { include: { model: true } } },
  });
  if (variant === null) return null;
  const isUploaded = row.fileSha256 !== row.modelSha256;
  return { row, fileName: isUploaded ? variant.modelVersion.fileName : nameVariantFile(variant, "tflite") };
}

export async function recordTargetStep(ctx: ServiceContext, row: Row, step: NonNullable<TargetReportStatus["step"]>): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.targetReport.updateMany({ where: { id: row.id, state: "BUILDING" }, data: { step } });
    if (changed.count > 0) await notifyLive(tx, { organisationId: row.organisationId, topic: "target-report", id: row.id });
  });
}

export async function finishTargetReport(ctx: ServiceContext, row: Row, report: TargetReport): Promise<void> {
  await end(ctx, row, { state: "READY", report: toJson(report), errorCode: null, errorMessage: null });
}

/** There will be no report, and this is why. */
export async function failTargetReport(ctx: ServiceContext, row: Row, error: { code: ErrorCode; message: string }): Promise<void> {
  await end(ctx, row, { state: "FAILED", errorCode: error.code, errorMessage: error.message });
}

async function end(
  ctx: ServiceContext,
  { id, organisationId }: Row,
  ending: { state: string; report?: ReturnType<typeof toJson>; errorCode: string | null; errorMessage: string | null },
): Promise<void> {
  const data = { ...ending, version: TARGET_RULES_VERSION, step: null, finishedAt: ctx.clock() };
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.targetReport.updateMany({ where: { id, state: "BUILDING" }, data });
    if (changed.count > 0) await notifyLive(tx, { organisationId, topic: "target-report", id });
  });
}

import { type ErrorCode, GRAPH_VIEW_VERSION } from "@flotilla/contracts";
import type { GraphViewStatus } from "@flotilla/contracts/views";
import { type GraphView, notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { claimBlob } from "../uploads/lock-blob.ts";

interface ModelBytes {
  organisationId: string;
  modelSha256: string;
}

/** The row of a drawing that is to be made; null when it is made, or no longer there. */
export async function beginGraphView(
  ctx: ServiceContext,
  { organisationId, graphViewId }: { organisationId: string; graphViewId: string },
): Promise<GraphView | null> {
  return ctx.db.prisma.graphView.findFirst({ where: { id: graphViewId, organisationId, state: "BUILDING" } });
}

/** Whether the graph of these bytes has been drawn by this version. */
export async function hasGraphView(ctx: ServiceContext, model: ModelBytes): Promise<boolean> {
  const row = await ctx.db.prisma.graphView.findUnique({ where: { organisationId_modelSha256: model } });
  return row?.state === "READY" && row.version === GRAPH_VIEW_VERSION;
}

export async function recordGraphStep(ctx: ServiceContext, model: ModelBytes, step: NonNullable<GraphViewStatus["step"]>): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.graphView.updateMany({ where: { ...model, state: "BUILDING" }, data: { step } });
    if (changed.count > 0) await notifyLive(tx, { organisationId: model.organisationId, topic: "graph-view" });
  });
}

/** The picture is in the store under `sha256`. */
export async function finishGraphView(ctx: ServiceContext, model: ModelBytes, sha256: string): Promise<void> {
  await end(ctx, model, { state: "READY", sha256, errorCode: null, errorMessage: null });
}

/** There will be no picture, and this is why. */
export async function failGraphView(ctx: ServiceContext, model: ModelBytes, error: { code: ErrorCode; message: string }): Promise<void> {
  await end(ctx, model, { state: "FAILED", sha256: null, errorCode: error.code, errorMessage: error.message });
}

async function end(
  ctx: ServiceContext,
  model: ModelBytes,
  ending: { state: string; sha256: string | null; errorCode: string | null; errorMessage: string | null },
): Promise<void> {
  const data = { ...ending, version: GRAPH_VIEW_VERSION, step: null, finishedAt: ctx.clock() };
  await ctx.db.transaction(async (tx) => {
    if (ending.sha256 !== null) await claimBlob(ctx, tx, ending.sha256);
    await tx.graphView.upsert({
      where: { organisationId_modelSha256: model },
      create: { ...model, ...data, createdAt: ctx.clock() },
      update: data,
    });
    await notifyLive(tx, { organisationId: model.organisationId, topic: "graph-view" });
  });
}

import { FlotillaError, GRAPH_VIEW_VERSION, hasGraph } from "@flotilla/contracts";
import type { GraphViewState, VariantFormat } from "@flotilla/contracts";
import type { GraphViewStatus } from "@flotilla/contracts/views";
import { type GraphView, notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { lockBlob } from "../uploads/lock-blob.ts";
import { notFound } from "../views/not-found.ts";
import { toErrorView } from "../views/to-error-view.ts";
import { startDrawing } from "./start-drawing.ts";

/**
 * Where the picture of a variant's graph is. A model that was there before pictures were, or whose picture was made by another version, is drawn
 * now: reading fills a cache, so it takes no more than reading. Throws NOT_FOUND, UNSUPPORTED_FORMAT (a file that is no graph of nodes).
 */
export async function getGraphView(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<GraphViewStatus> {
  const model = await findModel(ctx, actor, input.id);
  const row = await ctx.db.prisma.graphView.findUnique({ where: { organisationId_modelSha256: model } });
  if (row !== null && (await isCurrent(ctx, row))) return toStatus(row);
  return toStatus(await drawOnce(ctx, model, (found) => isCurrent(ctx, found)));
}

/** Draws a graph again whose drawing failed. Throws NOT_FOUND, UNSUPPORTED_FORMAT. */
export async function redrawGraph(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<GraphViewStatus> {
  const model = await findModel(ctx, actor, input.id);
  return toStatus(await drawOnce(ctx, model, async (found) => found.state !== "FAILED" && isCurrent(ctx, found)));
}

interface ModelBytes {
  organisationId: string;
  modelSha256: string;
}

async function findModel(ctx: ServiceContext, { organisationId }: Actor, variantId: string): Promise<ModelBytes> {
  const variant = await ctx.db.prisma.variant.findFirst({
    where: { id: variantId, organisationId },
    select: { sha256: true, format: true },
  });
  if (variant === null) throw notFound("variant");
  if (!hasGraph(variant.format as VariantFormat))
    throw new FlotillaError(
      "UNSUPPORTED_FORMAT",
      `A file in ${variant.format === "ort" ? "ORT" : "TFLite"} format is its runtime's own and is not drawn. Look at the graph of the ONNX variant that was made by the same passes.`,
    );
  return { organisationId, modelSha256: variant.sha256 };
}

async function isCurrent(ctx: ServiceContext, row: GraphView): Promise<boolean> {
  if (row.version !== GRAPH_VIEW_VERSION) return false;
  return row.state !== "READY" || (row.sha256 !== null && (await ctx.blob.stat(row.sha256)) !== null);
}

/** Two tabs that look at the same moment start one drawing. */
async function drawOnce(ctx: ServiceContext, model: ModelBytes, isDone: (row: GraphView) => Promise<boolean>): Promise<GraphView> {
  return ctx.db.transaction(async (tx) => {
    await lockBlob(tx, model.modelSha256);
    const row = await tx.graphView.findUnique({ where: { organisationId_modelSha256: model } });
    if (row !== null && (await isDone(row))) return row;
    const started = await startDrawing(ctx, tx, model);
    await notifyLive(tx, { organisationId: model.organisationId, topic: "graph-view", id: started.id });
    return started;
  });
}

function toStatus(row: GraphView): GraphViewStatus {
  const state = row.state as GraphViewState;
  return {
    state,
    step: state === "BUILDING" ? (row.step as GraphViewStatus["step"]) : null,
    sha256: state === "READY" ? row.sha256 : null,
    error: toErrorView(row),
  };
}

import { GRAPH_VIEW_VERSION } from "@flotilla/contracts";
import type { GraphView, Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/**
 * Puts the drawing of a model's graph into the queue, in the caller's transaction. Once for each model: a second caller gets the row that is there,
 * unless its drawing has failed, is gone, or was made by another version.
 */
export async function startDrawing(
  ctx: ServiceContext,
  tx: Tx,
  { organisationId, modelSha256 }: { organisationId: string; modelSha256: string },
): Promise<GraphView> {
  const begun = { version: GRAPH_VIEW_VERSION, state: "BUILDING", step: "queued", sha256: null, errorCode: null, errorMessage: null };
  const row = await tx.graphView.upsert({
    where: { organisationId_modelSha256: { organisationId, modelSha256 } },
    create: { organisationId, modelSha256, ...begun, createdAt: ctx.clock() },
    update: { ...begun, createdAt: ctx.clock(), finishedAt: null },
  });
  await ctx.queue.enqueue(tx, "draw-graph", { organisationId, graphViewId: row.id });
  return row;
}

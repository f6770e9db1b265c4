import {
  archiveModel,
  convertAgain,
  convertAgainInput,
  getGraphView,
  getLineage,
  getModel,
  getModelVersion,
  getTargetReport,
  getVariantDetail,
  listModels,
  listModelsInput,
  redrawGraph,
  renameModel,
  renameModelInput,
  retryTargetReport,
  updateCard,
  updateCardInput,
} from "@flotilla/services";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

export const modelsRouter = router({
  list: procedure("model:read")
    .input(listModelsInput)
    .query(({ ctx, input }) => listModels(ctx.services, ctx.actor, input)),
  get: procedure("model:read")
    .input(byId)
    .query(({ ctx, input }) => getModel(ctx.services, ctx.actor, input)),
  version: procedure("model:read")
    .input(byId)
    .query(({ ctx, input }) => getModelVersion(ctx.services, ctx.actor, input)),
  lineage: procedure("model:read")
    .input(byId)
    .query(({ ctx, input }) => getLineage(ctx.services, ctx.actor, input)),
  variantDetail: procedure("model:read")
    .input(byId)
    .query(({ ctx, input }) => getVariantDetail(ctx.services, ctx.actor, input)),
  /** By variant; the version's own graph is that of its source variant. */
  graphView: procedure("model:read")
    .input(byId)
    .query(({ ctx, input }) => getGraphView(ctx.services, ctx.actor, input)),
  redrawGraph: procedure("model:write")
    .input(byId)
    .mutation(({ ctx, input }) => redrawGraph(ctx.services, ctx.actor, input)),
  /** By variant, as the graph. */
  targetReport: procedure("model:read")
    .input(byId)
    .query(({ ctx, input }) => getTargetReport(ctx.services, ctx.actor, input)),
  retryTargetReport: procedure("model:write")
    .input(byId)
    .mutation(({ ctx, input }) => retryTargetReport(ctx.services, ctx.actor, input)),
  updateCard: procedure("model:write")
    .input(updateCardInput)
    .mutation(({ ctx, input }) => updateCard(ctx.services, ctx.actor, input)),
  convertAgain: procedure("model:write")
    .input(convertAgainInput)
    .mutation(({ ctx, input }) => convertAgain(ctx.services, ctx.actor, input)),
  rename: procedure("model:write")
    .input(renameModelInput)
    .mutation(({ ctx, input }) => renameModel(ctx.services, ctx.actor, input)),
  archive: procedure("model:write")
    .input(byId)
    .mutation(({ ctx, input }) => archiveModel(ctx.services, ctx.actor, input)),
});

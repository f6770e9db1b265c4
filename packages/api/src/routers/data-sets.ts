import { deleteDataSet, getDataSet, listDataSets, renameDataSet, renameDataSetInput } from "@flotilla/services";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

export const dataSetsRouter = router({
  list: procedure("data-set:read").query(({ ctx }) => listDataSets(ctx.services, ctx.actor)),
  get: procedure("data-set:read")
    .input(byId)
    .query(({ ctx, input }) => getDataSet(ctx.services, ctx.actor, input)),
  rename: procedure("data-set:write")
    .input(renameDataSetInput)
    .mutation(({ ctx, input }) => renameDataSet(ctx.services, ctx.actor, input)),
  delete: procedure("data-set:write")
    .input(byId)
    .mutation(({ ctx, input }) => deleteDataSet(ctx.services, ctx.actor, input)),
});

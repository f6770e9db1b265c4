import { getOrganisation, renameOrganisation, renameOrganisationInput } from "@flotilla/services";
import { procedure, router } from "../trpc.ts";

export const settingsRouter = router({
  organisation: procedure("settings:read").query(({ ctx }) => getOrganisation(ctx.services, ctx.actor)),
  renameOrganisation: procedure("settings:write")
    .input(renameOrganisationInput)
    .mutation(({ ctx, input }) => renameOrganisation(ctx.services, ctx.actor, input)),
});

import {
  getOrganisation,
  getRolloutPolicy,
  renameOrganisation,
  renameOrganisationInput,
  setRolloutPolicy,
  setRolloutPolicyInput,
} from "@flotilla/services";
import { procedure, router } from "../trpc.ts";

export const settingsRouter = router({
  organisation: procedure("settings:read").query(({ ctx }) => getOrganisation(ctx.services, ctx.actor)),
  rolloutPolicy: procedure("settings:read").query(({ ctx }) => getRolloutPolicy(ctx.services, ctx.actor)),
  setRolloutPolicy: procedure("settings:write")
    .input(setRolloutPolicyInput)
    .mutation(({ ctx, input }) => setRolloutPolicy(ctx.services, ctx.actor, input)),
  renameOrganisation: procedure("settings:write")
    .input(renameOrganisationInput)
    .mutation(({ ctx, input }) => renameOrganisation(ctx.services, ctx.actor, input)),
});

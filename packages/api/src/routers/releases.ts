import {
  createRelease,
  createReleaseInput,
  getRelease,
  invalidateRelease,
  invalidateReleaseInput,
  listReleases,
  listReleasesInput,
  readInvalidationReach,
  withdrawRelease,
} from "@flotilla/services";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

export const releasesRouter = router({
  list: procedure("release:read")
    .input(listReleasesInput)
    .query(({ ctx, input }) => listReleases(ctx.services, ctx.actor, input)),
  get: procedure("release:read")
    .input(byId)
    .query(({ ctx, input }) => getRelease(ctx.services, ctx.actor, input.id)),
  create: procedure("release:write")
    .input(createReleaseInput)
    .mutation(({ ctx, input }) => createRelease(ctx.services, ctx.actor, input)),
  invalidationReach: procedure("release:read")
    .input(byId)
    .query(({ ctx, input }) => readInvalidationReach(ctx.services, ctx.actor, input.id)),
  /** An operator may stop what is bad: who may halt a rollout may mark its release. */
  invalidate: procedure("rollout:write")
    .input(invalidateReleaseInput)
    .mutation(({ ctx, input }) => invalidateRelease(ctx.services, ctx.actor, input)),
  withdraw: procedure("release:write")
    .input(byId)
    .mutation(({ ctx, input }) => withdrawRelease(ctx.services, ctx.actor, input.id)),
});

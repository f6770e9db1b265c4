import { filterTextSchema } from "@flotilla/contracts";
import {
  countDevices,
  createGroup,
  createGroupInput,
  deleteGroup,
  getGroup,
  listGroupMemberIds,
  listGroups,
  updateGroup,
  updateGroupInput,
} from "@flotilla/services";
import { z } from "zod";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

export const groupsRouter = router({
  list: procedure("group:read").query(({ ctx }) => listGroups(ctx.services, ctx.actor)),
  get: procedure("group:read")
    .input(byId)
    .query(({ ctx, input }) => getGroup(ctx.services, ctx.actor, input.id)),
  members: procedure("group:read")
    .input(byId)
    .query(({ ctx, input }) => listGroupMemberIds(ctx.services, ctx.actor, input.id)),
  count: procedure("group:read")
    .input(z.object({ filter: filterTextSchema }))
    .query(({ ctx, input }) => countDevices(ctx.services, ctx.actor, input.filter)),
  create: procedure("group:write")
    .input(createGroupInput)
    .mutation(({ ctx, input }) => createGroup(ctx.services, ctx.actor, input)),
  update: procedure("group:write")
    .input(updateGroupInput)
    .mutation(({ ctx, input }) => updateGroup(ctx.services, ctx.actor, input)),
  delete: procedure("group:write")
    .input(byId)
    .mutation(({ ctx, input }) => deleteGroup(ctx.services, ctx.actor, input.id)),
});

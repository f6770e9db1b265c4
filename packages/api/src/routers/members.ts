import {
  inviteMember,
  inviteMemberInput,
  listMembers,
  removeMember,
  removeMemberInput,
  setMemberRole,
  setMemberRoleInput,
} from "@flotilla/services";
import { procedure, router } from "../trpc.ts";

export const membersRouter = router({
  list: procedure("member:read").query(({ ctx }) => listMembers(ctx.services, ctx.actor)),
  invite: procedure("member:write")
    .input(inviteMemberInput)
    .mutation(({ ctx, input }) => inviteMember(ctx.services, ctx.actor, input)),
  setRole: procedure("member:write")
    .input(setMemberRoleInput)
    .mutation(({ ctx, input }) => setMemberRole(ctx.services, ctx.actor, input)),
  remove: procedure("member:write")
    .input(removeMemberInput)
    .mutation(({ ctx, input }) => removeMember(ctx.services, ctx.actor, input)),
});

import { createToken, createTokenInput, listTokens, revokeToken } from "@flotilla/services";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

export const tokensRouter = router({
  list: procedure("token:read").query(({ ctx }) => listTokens(ctx.services, ctx.actor)),
  create: procedure("token:write")
    .input(createTokenInput)
    .mutation(({ ctx, input }) => createToken(ctx.services, ctx.actor, input)),
  revoke: procedure("token:write")
    .input(byId)
    .mutation(({ ctx, input }) => revokeToken(ctx.services, ctx.actor, input.id)),
});

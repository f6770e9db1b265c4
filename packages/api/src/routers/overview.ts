import { getOverview } from "@flotilla/services";
import { procedure, router } from "../trpc.ts";

export const overviewRouter = router({
  get: procedure("overview:read").query(({ ctx }) => getOverview(ctx.services, ctx.actor)),
});

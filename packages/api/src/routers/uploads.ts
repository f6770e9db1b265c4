import { beginUpload, beginUploadInput, cancelUpload, getUpload, listUploads, useSample, useSampleInput } from "@flotilla/services";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

/** The bytes themselves go to `/api/upload` by tus. Beginning one needs the right to write what it becomes; so one permission guards both kinds. */
export const uploadsRouter = router({
  begin: procedure("model:write")
    .input(beginUploadInput)
    .mutation(({ ctx, input }) => beginUpload(ctx.services, ctx.actor, input)),
  list: procedure("model:read").query(({ ctx }) => listUploads(ctx.services, ctx.actor)),
  get: procedure("model:read")
    .input(byId)
    .query(({ ctx, input }) => getUpload(ctx.services, ctx.actor, input)),
  cancel: procedure("model:write")
    .input(byId)
    .mutation(({ ctx, input }) => cancelUpload(ctx.services, ctx.actor, input)),
  useSample: procedure("model:write")
    .input(useSampleInput)
    .mutation(({ ctx, input }) => useSample(ctx.services, ctx.actor, input)),
});

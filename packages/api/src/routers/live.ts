import { tracked } from "@trpc/server";
import { z } from "zod";
import { procedure, router } from "../trpc.ts";

export const liveRouter = router({
  /** What changed in the caller's organisation, at most four deliveries a second; resumable by the last event's id. */
  events: procedure("live:read")
    .input(z.object({ lastEventId: z.string().nullish() }).optional())
    .subscription(async function* ({ ctx, input, signal }) {
      const events = ctx.live.subscribe(ctx.actor.organisationId, signal ?? new AbortController().signal, input?.lastEventId ?? undefined);
      for await (const { id, event } of events) yield tracked(id, event);
    }),
});

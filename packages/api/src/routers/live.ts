import { TRPCError, tracked } from "@trpc/server";
import { z } from "zod";
import { procedure, router } from "../trpc.ts";

export const liveRouter = router({
  /** What changed in the caller's organisation, at most four deliveries a second; resumable by the last event's id. */
  events: procedure("live:read")
    .input(z.object({ lastEventId: z.string().nullish() }).optional())
    .subscription(async function* ({ ctx, input, signal }) {
      const gone = signal ?? new AbortController().signal;
      const events = ctx.live.subscribe(ctx.actor.organisationId, gone, input?.lastEventId ?? undefined);
      for await (const { id, event } of events) yield tracked(id, event);
      // A stream that returns is over for the tab; one that ends with this code is opened again, at the process that follows this one.
      if (!gone.aborted) throw new TRPCError({ code: "SERVICE_UNAVAILABLE", message: "The server is stopping." });
    }),
});

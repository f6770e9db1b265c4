import { TRPCError, tracked } from "@trpc/server";
import { z } from "zod";
import { procedure, router } from "../trpc.ts";

/** A session that ended elsewhere announces nothing. */
const CHECK_MS = 30_000;

export const liveRouter = router({
  /**
   * What changed in the caller's organisation, at most four deliveries a second; resumable by the last event's id. Ends when the caller is
   * no longer who he was when it began: at once for a change of members, within half a minute for a session that has ended.
   */
  events: procedure("live:read")
    .input(z.object({ lastEventId: z.string().nullish() }).optional())
    .subscription(async function* ({ ctx, input, signal }) {
      const gone = signal ?? new AbortController().signal;
      const changed = new AbortController();
      const check = async (): Promise<boolean> => {
        // What cannot be asked is asked again later; a database that is away tells no news either.
        if (!(await ctx.isCurrent().catch(() => true))) changed.abort();
        return !changed.signal.aborted;
      };
      const timer = setInterval(() => void check(), CHECK_MS);
      try {
        const ends = AbortSignal.any([gone, changed.signal]);
        const events = ctx.live.subscribe(ctx.actor.organisationId, ends, input?.lastEventId ?? undefined);
        for await (const { id, event } of events) {
          if (event.topic === "settings" && !(await check())) break;
          yield tracked(id, event);
        }
      } finally {
        clearInterval(timer);
      }
      // A stream that returns is over for the tab; one that ends with this code is opened again: at the process that follows this one, or by who
      // the caller is now.
      const message = changed.signal.aborted ? "Your session or your role has changed." : "The server is stopping.";
      if (!gone.aborted) throw new TRPCError({ code: "SERVICE_UNAVAILABLE", message });
    }),
});

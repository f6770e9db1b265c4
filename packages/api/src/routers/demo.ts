import { getDemoFleet, setDemoFleet, setDemoFleetInput } from "@flotilla/services";
import { procedure, router } from "../trpc.ts";

/** Devices that the embedded stack simulates on its own machine. */
export const demoRouter = router({
  get: procedure("demo:read").query(({ ctx }) => getDemoFleet(ctx.services, ctx.actor)),
  set: procedure("demo:write")
    .input(setDemoFleetInput)
    .mutation(({ ctx, input }) => setDemoFleet(ctx.services, ctx.actor, input)),
});

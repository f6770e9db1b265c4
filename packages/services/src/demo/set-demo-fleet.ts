import { FlotillaError } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";

/** Five show a fleet and fit beside everything else on one machine; 0 takes them away. */
export const setDemoFleetInput = z.object({ wanted: z.union([z.literal(0), z.literal(5)]) });

/** Says how many devices this machine should simulate; its supervisor hears of it and follows. Throws CONFLICT where there is none. */
export async function setDemoFleet(ctx: ServiceContext, actor: Actor, { wanted }: z.infer<typeof setDemoFleetInput>): Promise<void> {
  if (ctx.simulatesDevices !== true) {
    throw new FlotillaError(
      "CONFLICT",
      "This installation simulates no devices: only the stack that `npm start` runs does. Add real ones.",
    );
  }
  const { organisationId } = actor;
  const change = { wanted, problem: null, changedBy: actor.name, changedAt: ctx.clock() };
  await ctx.db.transaction(async (tx) => {
    await tx.demoFleet.upsert({ where: { organisationId }, create: { organisationId, ...change }, update: change });
    await notifyLive(tx, { organisationId, topic: "demo" });
  });
}

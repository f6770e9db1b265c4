import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

export interface WantedFleet {
  wanted: number;
  /** Who asked for it. */
  by: string;
}

/** What the supervisor should simulate. Nothing where nobody ever asked. */
export async function readWantedFleet(ctx: ServiceContext, organisationId: string): Promise<WantedFleet> {
  const fleet = await ctx.db.prisma.demoFleet.findUnique({ where: { organisationId } });
  return { wanted: fleet?.wanted ?? 0, by: fleet?.changedBy ?? "" };
}

/**
 * How it went: null, or why the supervisor could not follow. Announced only where it is news: the supervisor follows announcements, and must not
 * follow its own for ever.
 */
export async function reportDemoFleet(ctx: ServiceContext, organisationId: string, problem: string | null): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const fleet = await tx.demoFleet.findUnique({ where: { organisationId } });
    if (fleet === null || fleet.problem === problem) return;
    await tx.demoFleet.update({ where: { organisationId }, data: { problem } });
    await notifyLive(tx, { organisationId, topic: "demo" });
  });
}

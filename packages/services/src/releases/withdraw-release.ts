import { FlotillaError } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

const LIVE = ["AWAITING_APPROVAL", "SCHEDULED", "RUNNING", "PAUSED", "HALTED", "REVERTING"];

/**
 * No new rollout can use it; devices that run it go on. For one that is bad, see `invalidateRelease`.
 * Throws NOT_FOUND, RELEASE_INVALIDATED, CONFLICT (a live rollout brings it to devices).
 */
export async function withdrawRelease(ctx: ServiceContext, actor: Actor, id: string): Promise<void> {
  const { organisationId } = actor;
  await ctx.db.transaction(async (tx) => {
    // A rollout that begins meanwhile is seen below, or sees that the release is withdrawn.
    await tx.$queryRawUnsafe(`SELECT 1 FROM "release" WHERE "id" = $1::uuid AND "organisationId" = $2 FOR UPDATE`, id, organisationId);
    const release = await tx.release.findFirst({ where: { id, organisationId } });
    if (release === null) throw notFound("release");
    if (release.state === "INVALIDATED") {
      throw new FlotillaError("RELEASE_INVALIDATED", `Release “${release.name}” is marked as bad: nothing can use it already.`);
    }
    const rollout = await tx.rollout.findFirst({ where: { releaseId: id, organisationId, state: { in: LIVE } }, select: { name: true } });
    if (rollout !== null) {
      throw new FlotillaError("CONFLICT", `The rollout “${rollout.name}” is bringing it to devices: halt and revert that first.`);
    }
    await tx.release.update({ where: { id }, data: { state: "WITHDRAWN" } });
    await notifyLive(tx, { organisationId, topic: "release", id });
  });
}

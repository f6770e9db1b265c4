import type { RolloutState } from "@flotilla/contracts";
import type { InvalidationReach } from "@flotilla/contracts/views";
import { WITHDRAWABLE_STATES } from "@flotilla/domain";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

const REACH_SQL = `
SELECT (SELECT count(*) FROM "device_status" s WHERE s."organisationId" = $2 AND s."runningReleaseId" = $1::uuid)::int AS "runsOn",
  (SELECT count(*) FROM "assignment" a JOIN "rollout_device" rd ON rd."rolloutId" = a."rolloutId" AND rd."deviceId" = a."deviceId" AND rd."seq" = a."seq"
    WHERE a."organisationId" = $2 AND a."releaseId" = $1::uuid AND rd."state" = ANY($3::text[]))::int AS "notBegun"`;

/** What marking a release as bad would do, said before it is confirmed. Throws NOT_FOUND. */
export async function readInvalidationReach(ctx: ServiceContext, actor: Actor, id: string): Promise<InvalidationReach> {
  const { organisationId } = actor;
  const release = await ctx.db.prisma.release.findFirst({ where: { id, organisationId }, select: { name: true } });
  if (release === null) throw notFound("release");
  const [rollouts, [counts]] = await Promise.all([
    ctx.db.prisma.rollout.findMany({
      where: { releaseId: id, organisationId, state: { in: ["AWAITING_APPROVAL", "SCHEDULED", "RUNNING", "PAUSED"] } },
      select: { id: true, name: true, state: true },
      orderBy: { createdAt: "desc" },
    }),
    ctx.db.query<{ runsOn: number; notBegun: number }>(REACH_SQL, [id, organisationId, WITHDRAWABLE_STATES]),
  ]);
  return {
    rollouts: rollouts.map((rollout) => ({ ...rollout, state: rollout.state as RolloutState })),
    runsOn: counts?.runsOn ?? 0,
    notBegun: counts?.notBegun ?? 0,
  };
}

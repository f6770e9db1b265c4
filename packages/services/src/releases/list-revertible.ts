import type { Actor, ServiceContext } from "../context.ts";

export interface RevertibleRollout {
  id: string;
  name: string;
  releaseId: string;
}

// A rollout's release is still what a device of it should run, and the device had another one that is good.
const REVERTIBLE_SQL = `
SELECT DISTINCT r."id"::text, r."name", r."releaseId"::text, r."createdAt" FROM "rollout" r
JOIN "rollout_device" rd ON rd."rolloutId" = r."id"
JOIN "assignment" a ON a."deviceId" = rd."deviceId" AND a."rolloutId" = r."id" AND a."seq" = rd."seq" AND a."releaseId" = r."releaseId"
JOIN "release" p ON p."id" = rd."previousReleaseId" AND p."state" <> 'INVALIDATED'
WHERE r."organisationId" = $1 AND r."releaseId" = ANY($2::uuid[]) AND r."state" IN ('RUNNING', 'PAUSED', 'HALTED', 'COMPLETED', 'CANCELLED')
ORDER BY r."createdAt" DESC`;

/** Rollouts of these releases that a revert would still take back from some device, newest first. */
export async function listRevertible(ctx: ServiceContext, actor: Actor, releaseIds: readonly string[]): Promise<RevertibleRollout[]> {
  if (releaseIds.length === 0) return [];
  return ctx.db.query<RevertibleRollout>(REVERTIBLE_SQL, [actor.organisationId, releaseIds]);
}

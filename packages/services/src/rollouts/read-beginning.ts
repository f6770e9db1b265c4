import type { RolloutState } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import type { Beginning, ChosenInstant } from "@flotilla/domain";
import { notFound } from "../views/not-found.ts";

/** A rollout before its start: what it would do, and what stands in its way. */
export interface BeginningRow extends Beginning {
  id: string;
  organisationId: string;
  state: RolloutState;
  releaseId: string;
  createdBy: string;
  requestedBy: string | null;
  requestedAt: Date | null;
  timeZone: string | null;
  /** Names what an approval is for: release, group with its members or filter, stages, gates, pace and hour. */
  planSha256: string;
}

// Everything of the row but what a start changes or what says nothing of the plan, so that a column added later is part of it by itself.
// Instants are hashed as numbers: their text depends on the session's time zone.
const PLAN = `jsonb_build_object(
  'rollout', to_jsonb(r) - ARRAY['name', 'state', 'readings', 'whyDecisionId', 'createdBy', 'createdAt', 'startedAt', 'finishedAt', 'requestedBy', 'requestedAt', 'startAt',
    'pacedFrom', 'pacedAt', 'joinedAt'],
  'startAt', extract(epoch FROM r."startAt"),
  'stages', (SELECT jsonb_agg(s."spec" ORDER BY s."index") FROM "rollout_stage" s WHERE s."rolloutId" = r."id"),
  'group', (SELECT to_jsonb(g) - ARRAY['name', 'createdAt'] FROM "group" g WHERE g."id" = r."groupId"),
  'members', (SELECT md5(string_agg(m."deviceId"::text, ' ' ORDER BY m."deviceId")) FROM "group_member" m WHERE m."groupId" = r."groupId"))`;

const BEGINNING_SQL = `
SELECT b.*, EXISTS (
  SELECT 1 FROM "rollout_approval" a WHERE a."rolloutId" = b."rolloutId" AND a."verdict" = 'approved' AND a."planSha256" = b."planSha256"
    AND a."at" >= b."requestedAt" AND a."userId" NOT IN (b."createdBy", b."requestedBy")) AS "approved"
FROM (
  SELECT r."id" AS "rolloutId", r."id"::text AS "id", r."organisationId", r."state", r."releaseId"::text AS "releaseId", r."createdBy", r."requestedBy", r."requestedAt", r."startAt",
    r."timeZone", COALESCE((SELECT p."secondPerson" FROM "rollout_policy" p WHERE p."organisationId" = r."organisationId"), false) AS "secondPerson",
    encode(sha256(convert_to(${PLAN}::text, 'UTF8')), 'hex') AS "planSha256"
  FROM "rollout" r WHERE r."id" = $1::uuid AND r."organisationId" = COALESCE($2, r."organisationId")
) b`;

/**
 * @param organisationId null: any, for the controller
 * @throws FlotillaError NOT_FOUND, also for another organisation's
 */
export async function readBeginning(
  tx: Pick<RawTx, "$queryRawUnsafe">,
  id: string,
  organisationId: string | null,
  lock: boolean,
): Promise<BeginningRow> {
  // The lock comes first: what is read with it would be older than what its holder wrote.
  if (lock) {
    await tx.$queryRawUnsafe(
      `SELECT 1 FROM "rollout" WHERE "id" = $1::uuid AND "organisationId" = COALESCE($2, "organisationId") FOR NO KEY UPDATE`,
      id,
      organisationId,
    );
  }
  const [row] = await tx.$queryRawUnsafe<BeginningRow[]>(BEGINNING_SQL, id, organisationId);
  if (row === undefined) throw notFound("rollout");
  return row;
}

/** The hour that was chosen, where one was. */
export function chosenStart({ startAt, timeZone }: Pick<BeginningRow, "startAt" | "timeZone">): ChosenInstant | null {
  return startAt === null ? null : { at: startAt, timeZone: timeZone ?? "UTC" };
}

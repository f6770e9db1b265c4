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

const PLAN_SHA256 = `encode(sha256(convert_to(${PLAN}::text, 'UTF8')), 'hex')`;

// The plan is hashed for approvals alone: nobody asks for it who starts what needs none.
const BEGINNING_SQL = `
SELECT r."id"::text AS "id", r."organisationId", r."state", r."releaseId"::text AS "releaseId", r."createdBy", r."requestedBy", r."requestedAt", r."startAt",
  r."timeZone", COALESCE((SELECT p."secondPerson" FROM "rollout_policy" p WHERE p."organisationId" = r."organisationId"), false) AS "secondPerson",
  EXISTS (
    SELECT 1 FROM "rollout_approval" a WHERE a."rolloutId" = r."id" AND a."verdict" = 'approved' AND a."at" >= r."requestedAt"
      AND a."userId" NOT IN (r."createdBy", r."requestedBy") AND a."planSha256" = ${PLAN_SHA256}) AS "approved"
FROM "rollout" r WHERE r."id" = $1::uuid AND r."organisationId" = COALESCE($2, r."organisationId")`;

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

/** Names what an approval is for: release, group with its members or filter, stages, gates, pace and hour. Takes as long as the group has members. */
export async function readPlanSha256(tx: Pick<RawTx, "$queryRawUnsafe">, id: string): Promise<string> {
  const sql = `SELECT ${PLAN_SHA256} AS "planSha256" FROM "rollout" r WHERE r."id" = $1::uuid`;
  const [row] = await tx.$queryRawUnsafe<{ planSha256: string }[]>(sql, id);
  if (row === undefined) throw notFound("rollout");
  return row.planSha256;
}

/** The hour that was chosen, where one was. */
export function chosenStart({ startAt, timeZone }: Pick<BeginningRow, "startAt" | "timeZone">): ChosenInstant | null {
  return startAt === null ? null : { at: startAt, timeZone: timeZone ?? "UTC" };
}

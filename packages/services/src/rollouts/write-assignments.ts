import type { RawTx } from "@flotilla/db";
import { OPEN_STATES, type RolloutEffect, SERVING_CAPACITY } from "@flotilla/domain";
import { Params } from "../devices/device-sql.ts";
import { type FactsScope, factsSql, sameRowSql, selectorSql } from "./facts-sql.ts";

/** A step's surroundings, the same for all of its statements. */
export interface RolloutScope extends FactsScope {
  readonly organisationId: string;
  /** What of the database the decision saw, as `pg_snapshot`. */
  readonly seen: string;
}

/**
 * The number after every one that the device can have seen: numbers only grow, also across an assignment that was taken back. While there is an
 * assignment its number is the highest given; after that the rows of rollouts remember it.
 */
const NEXT_SEQ = `1 + GREATEST(COALESCE(f."reportedSeq", 0), COALESCE(f."assignedSeq", (SELECT max(o."seq") FROM "rollout_device" o WHERE o."deviceId" = f."deviceId"), 0))`;

const ASSIGNED_STATE = `CASE WHEN c."online" THEN 'ASSIGNED' ELSE 'UNREACHED' END`;

const WRITE_ASSIGNMENT = `
ON CONFLICT ("deviceId") DO UPDATE SET "seq" = EXCLUDED."seq", "releaseId" = EXCLUDED."releaseId", "variantId" = EXCLUDED."variantId",
  "rolloutId" = EXCLUDED."rolloutId", "previousReleaseId" = EXCLUDED."previousReleaseId", "previousVariantId" = EXCLUDED."previousVariantId",
  "assignedAt" = EXCLUDED."assignedAt"`;
const ASSIGNMENT_COLUMNS = `"deviceId", "organisationId", "seq", "releaseId", "variantId", "rolloutId", "previousReleaseId", "previousVariantId", "assignedAt"`;

/**
 * The rows of `chosen`, a list of devices, in this rollout and wherever something is still to come of them, locked by device and rollout and as they are
 * once they are locked. Conditions that no index answers: the planner, which knows nothing of a new rollout yet, would scan all of it for each device.
 */
export const lockSql = (chosen: string, rolloutId: string, params: Params): string => `
  SELECT rd."deviceId", rd."rolloutId", rd."state" FROM ${chosen} c JOIN "rollout_device" rd ON rd."deviceId" = c."deviceId"
  WHERE rd."rolloutId" IS NOT DISTINCT FROM ${params.add(rolloutId)}::uuid OR COALESCE(rd."state", '') = ANY(${params.add(OPEN_STATES)}::text[])
  ORDER BY rd."deviceId", rd."rolloutId" FOR NO KEY UPDATE OF rd`;

/** What every statement is made with: parameters of the step, by name. */
function begin(scope: RolloutScope) {
  const params = new Params();
  return {
    params,
    organisation: params.add(scope.organisationId),
    now: `${params.add(scope.now)}::timestamptz`,
  };
}
type Statement = ReturnType<typeof begin>;

/** A hint to each device of `turn` in the outbox: in the statement of the state that it announces. `bytes`: what they fetch for it together. */
const hintsSql = ({ organisation, now }: Statement, bytes = "0"): string => `
  INSERT INTO "outbox" ("organisationId", "deviceId", "topic", "payload", "createdAt")
  SELECT ${organisation}, t."deviceId", 'hint', jsonb_build_object('seq', t."seq", 'spreadSeconds', (SELECT ${spreadSql("count(*)", bytes)} FROM turn)), ${now}
  FROM turn t`;

/** `hintSpreadSeconds` of domain, of two expressions. */
export const spreadSql = (devices: string, bytes: string): string =>
  `floor(GREATEST((${devices}) / ${SERVING_CAPACITY.devicesPerSecond}.0, (${bytes}) / ${SERVING_CAPACITY.bytesPerSecond}.0))::int`;

/** What the devices of `turn` fetch of their variants, as if none of them had any of it. */
const TURN_BYTES = `SELECT COALESCE(sum(w."count" * v."sizeBytes"), 0)
  FROM (SELECT "variantId", count(*) AS "count" FROM turn GROUP BY 1) w JOIN "variant" v ON v."id" = w."variantId"`;

/** A line in the history of each device of `turn` that has something new to run. */
const eventsSql = ({ organisation, now }: Statement): string => `
  INSERT INTO "device_event" ("id", "organisationId", "deviceId", "at", "kind", "seq", "releaseId")
  SELECT gen_random_uuid(), ${organisation}, t."deviceId", ${now}, 'assigned', t."seq", t."releaseId" FROM turn t`;

/**
 * Gives the rollout's release to queued devices, in one statement: assignment with the next number, the row, what to go back to, a hint. What a
 * device proves to run is what it goes back to; without a proof, what the row says already. Whatever another rollout had under way on them is
 * superseded.
 * @returns other rollouts that lost a device, or whose devices had their release: superseding an outcome changes no row, and may end the rollout
 */
export async function assignDevices(tx: RawTx, scope: RolloutScope, effect: Extract<RolloutEffect, { kind: "assign" }>): Promise<string[]> {
  const statement = begin(scope);
  const { params, organisation, now } = statement;
  const rollout = `${params.add(scope.rolloutId)}::uuid`;
  const release = `${params.add(scope.releaseId)}::uuid`;
  const [row] = await tx.$queryRawUnsafe<{ others: string[] }[]>(
    `WITH proofs AS (
       SELECT DISTINCT ON (was."id", v."sha256") was."id" AS "releaseId", v."sha256", v."id" AS "variantId"
       FROM "release" was JOIN "variant" v ON v."id" = ANY(was."variantIds") WHERE was."organisationId" = ${organisation}
       ORDER BY was."id", v."sha256", v."id"
     ), picked AS (
       SELECT * FROM (${factsSql(scope, params)}) f WHERE ${selectorSql(effect.who, params)}
       ORDER BY f."stageIndex", f."deviceId" LIMIT ${params.add(effect.limit)}::int
     ), locked AS (${lockSql("picked", scope.rolloutId, params)}
     ), chosen AS (
       SELECT f."deviceId", f."place", f."version", f."online", ${NEXT_SEQ} AS "seq",
         CASE WHEN p."variantId" IS NULL THEN f."previousReleaseId" ELSE p."releaseId" END AS "previousReleaseId",
         COALESCE(p."variantId", f."previousVariantId") AS "previousVariantId"
       FROM picked f LEFT JOIN proofs p ON p."releaseId" = f."runningReleaseId" AND p."sha256" = f."runningVariantSha256"
         AND NOT (p."releaseId" = ${release} AND p."variantId" = f."variantId")
     ), turn AS (
       UPDATE "rollout_device" rd
       SET "state" = ${ASSIGNED_STATE}, "seq" = c."seq", "attempt" = rd."attempt" + 1, "previousReleaseId" = c."previousReleaseId",
         "previousVariantId" = c."previousVariantId", "progress" = NULL, "reasonCode" = NULL, "reasonMessage" = NULL, "probe" = NULL,
         "settled" = false, "assignedAt" = ${now}, "updatedAt" = ${now}
       FROM chosen c WHERE (SELECT count(*) FROM locked) > 0 AND ${sameRowSql("c")}
       RETURNING rd."deviceId", rd."seq", ${release} AS "releaseId", rd."variantId", rd."previousReleaseId", rd."previousVariantId"
     ), written AS (
       INSERT INTO "assignment" (${ASSIGNMENT_COLUMNS})
       SELECT t."deviceId", ${organisation}, t."seq", t."releaseId", t."variantId", ${rollout}, t."previousReleaseId", t."previousVariantId", ${now}
       FROM turn t ${WRITE_ASSIGNMENT}
     ), hints AS (${hintsSql(statement, TURN_BYTES)}), events AS (${eventsSql(statement)}), lost AS (
       UPDATE "rollout_device" o SET "state" = 'SUPERSEDED', "updatedAt" = ${now}
       FROM locked l JOIN "rollout" r ON r."id" = l."rolloutId"
       WHERE l."rolloutId" <> ${rollout} AND o."deviceId" = l."deviceId" AND o."rolloutId" IS NOT DISTINCT FROM l."rolloutId" AND ${IN_TURN} AND (l."state" <> 'QUEUED'
         OR COALESCE(r."startedAt" <= (SELECT "startedAt" FROM "rollout" WHERE "id" = ${rollout}), false))
       RETURNING o."rolloutId"
     )
     SELECT ARRAY(SELECT "rolloutId"::text FROM lost UNION ${OUTDONE_SQL(rollout, organisation)}) AS "others"`,
    ...params.values,
  );
  return row?.others ?? [];
}

/** A CASE, so that it is a look into a hash table: the planner takes `turn` for one row, and would go through all of it for each row of a join. */
const IN_TURN = `CASE WHEN l."deviceId" IN (SELECT "deviceId" FROM turn) THEN true ELSE false END`;

/** Other rollouts that are not over and gave their release to a device of `turn`. */
const OUTDONE_SQL = (rollout: string, organisation: string): string => `
  SELECT r."id"::text FROM "rollout" r
  WHERE r."organisationId" = ${organisation} AND r."state" IN ('RUNNING', 'PAUSED', 'HALTED') AND r."id" <> ${rollout} AND EXISTS (
    SELECT 1 FROM turn t JOIN "rollout_device" o ON o."deviceId" = t."deviceId" WHERE o."rolloutId" IS NOT DISTINCT FROM r."id" AND o."seq" IS NOT NULL)`;

/** Assigns what each device had before this rollout; where `settled` it still runs it and is done. */
export async function sendDevicesBack(
  tx: RawTx,
  scope: RolloutScope,
  effect: Extract<RolloutEffect, { kind: "send-back" }>,
): Promise<void> {
  const statement = begin(scope);
  const { params, organisation, now } = statement;
  const rollout = `${params.add(scope.rolloutId)}::uuid`;
  await tx.$executeRawUnsafe(
    `WITH chosen AS (
       SELECT f."deviceId", f."place", f."version", f."online", ${NEXT_SEQ} AS "seq", f."assignedReleaseId", f."assignedVariantId"
       FROM (${factsSql(scope, params)}) f WHERE ${selectorSql(effect.who, params)} AND f."hasPrevious" AND NOT f."superseded"
       ORDER BY f."stageIndex", f."deviceId" LIMIT ${params.add(effect.limit)}::int
     ), turn AS (
       UPDATE "rollout_device" rd
       SET "state" = ${effect.settled ? "'REVERTED'" : ASSIGNED_STATE}, "seq" = c."seq", "progress" = NULL, "settled" = ${String(effect.settled)},
         "assignedAt" = ${now}, "updatedAt" = ${now}
       FROM chosen c WHERE ${sameRowSql("c")}
       RETURNING rd."deviceId", rd."seq", rd."previousReleaseId" AS "releaseId", rd."previousVariantId" AS "variantId",
         c."assignedReleaseId", c."assignedVariantId"
     ), written AS (
       INSERT INTO "assignment" (${ASSIGNMENT_COLUMNS})
       SELECT t."deviceId", ${organisation}, t."seq", t."releaseId", t."variantId", ${rollout}, t."assignedReleaseId", t."assignedVariantId", ${now}
       FROM turn t ${WRITE_ASSIGNMENT}
     ), hints AS (${hintsSql(statement)})${eventsSql(statement)}`,
    ...params.values,
  );
}

/**
 * Takes assignments back: what ran before is assigned again, or nothing where nothing ran, or what ran was marked as bad: it runs on, unassigned.
 * @param onlyReleaseId of the devices only those that are assigned this release
 */
export async function withdrawDevices(
  tx: RawTx,
  scope: RolloutScope,
  effect: Extract<RolloutEffect, { kind: "withdraw" }>,
  onlyReleaseId?: string,
): Promise<void> {
  const statement = begin(scope);
  const { params, organisation, now } = statement;
  await tx.$executeRawUnsafe(
    `WITH chosen AS (
       SELECT f."deviceId", f."place", f."version", f."hasPrevious", ${NEXT_SEQ} AS "seq" FROM (${factsSql(scope, params)}) f
       WHERE ${selectorSql(effect.who, params)} AND f."assigned" AND NOT f."superseded"
         ${onlyReleaseId === undefined ? "" : `AND f."assignedReleaseId" = ${params.add(onlyReleaseId)}::uuid`}
     ), turn AS (
       UPDATE "rollout_device" rd SET "state" = ${params.add(effect.to)}, "settled" = false, "assignedAt" = NULL, "probe" = NULL, "updatedAt" = ${now}
       FROM chosen c WHERE ${sameRowSql("c")}
       RETURNING rd."deviceId", c."seq", CASE WHEN c."hasPrevious" THEN rd."previousReleaseId" END AS "previousReleaseId", rd."previousVariantId"
     ), removed AS (
       DELETE FROM "assignment"
       WHERE "deviceId" = ANY(ARRAY(SELECT "deviceId" FROM turn WHERE "previousReleaseId" IS NULL OR "previousVariantId" IS NULL))
     ), written AS (
       INSERT INTO "assignment" (${ASSIGNMENT_COLUMNS})
       SELECT t."deviceId", ${organisation}, t."seq", t."previousReleaseId", t."previousVariantId", NULL, NULL, NULL, ${now}
       FROM turn t WHERE t."previousReleaseId" IS NOT NULL AND t."previousVariantId" IS NOT NULL ${WRITE_ASSIGNMENT}
     )${hintsSql(statement)}`,
    ...params.values,
  );
}

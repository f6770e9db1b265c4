import type { Tx } from "@flotilla/db";
import { hintSpreadSeconds } from "@flotilla/domain";

/** A step's surroundings, the same for all of its statements. */
export interface RolloutScope {
  rolloutId: string;
  organisationId: string;
  releaseId: string;
  now: Date;
}

/** The number after every one that the device can have seen: numbers only grow, also across an assignment that was taken back. */
const NEXT_SEQ = `1 + GREATEST(COALESCE(a."seq", 0), COALESCE(s."seq", 0),
  COALESCE((SELECT max(o."seq") FROM "rollout_device" o WHERE o."deviceId" = rd."deviceId"), 0))`;

const JOINS = `
FROM "rollout_device" rd
LEFT JOIN "device_status" s ON s."deviceId" = rd."deviceId"
LEFT JOIN "assignment" a ON a."deviceId" = rd."deviceId"`;

// Asked again in the UPDATE rather than taken along: the planner takes both CTEs for one row each, and joining them compares every device with every other.
const ONLINE = `EXISTS (SELECT 1 FROM "device_status" s JOIN "device" d ON d."id" = s."deviceId"
  WHERE s."deviceId" = rd."deviceId" AND s."online" AND d."state" = 'ACTIVE')`;

const WRITE_ASSIGNMENT = `
ON CONFLICT ("deviceId") DO UPDATE SET "seq" = GREATEST(EXCLUDED."seq", "assignment"."seq" + 1), "releaseId" = EXCLUDED."releaseId",
  "variantId" = EXCLUDED."variantId", "rolloutId" = EXCLUDED."rolloutId", "previousReleaseId" = EXCLUDED."previousReleaseId",
  "previousVariantId" = EXCLUDED."previousVariantId", "assignedAt" = EXCLUDED."assignedAt"
RETURNING "deviceId", "seq", "releaseId", "previousReleaseId", "previousVariantId"`;

/** What a device proves to run is what it goes back to; without a proof, what the row says already. */
const ASSIGN_SQL = `
WITH turn AS (
  SELECT rd."deviceId", rd."variantId", ${NEXT_SEQ} AS "seq",
    CASE WHEN proved."id" IS NULL THEN rd."previousReleaseId" ELSE s."runningReleaseId" END AS "previousReleaseId",
    CASE WHEN proved."id" IS NULL THEN rd."previousVariantId" ELSE proved."id" END AS "previousVariantId"
  ${JOINS}
  LEFT JOIN "release" was ON was."id" = s."runningReleaseId" AND was."organisationId" = $4
  LEFT JOIN LATERAL (
    SELECT v."id" FROM "variant" v WHERE v."id" = ANY(was."variantIds") AND v."sha256" = s."runningVariantSha256"
      AND NOT (was."id" = $3::uuid AND v."id" = rd."variantId") LIMIT 1
  ) proved ON true
  WHERE rd."rolloutId" = $1::uuid AND rd."deviceId" = ANY($2::uuid[]) AND rd."state" = 'QUEUED' AND rd."variantId" IS NOT NULL
  ORDER BY rd."deviceId" FOR UPDATE OF rd
), written AS (
  INSERT INTO "assignment" ("deviceId", "organisationId", "seq", "releaseId", "variantId", "rolloutId", "previousReleaseId", "previousVariantId", "assignedAt")
  SELECT "deviceId", $4, "seq", $3::uuid, "variantId", $1::uuid, "previousReleaseId", "previousVariantId", $5::timestamptz FROM turn
  ${WRITE_ASSIGNMENT}
)
UPDATE "rollout_device" rd
SET "state" = CASE WHEN ${ONLINE} THEN 'ASSIGNED' ELSE 'UNREACHED' END, "seq" = written."seq", "attempt" = rd."attempt" + 1,
  "previousReleaseId" = written."previousReleaseId", "previousVariantId" = written."previousVariantId",
  "progress" = NULL, "reasonCode" = NULL, "reasonMessage" = NULL, "probe" = NULL, "settled" = false, "assignedAt" = $5::timestamptz, "updatedAt" = $5::timestamptz
FROM written
WHERE rd."rolloutId" = $1::uuid AND rd."deviceId" = written."deviceId"
RETURNING rd."deviceId"::text, written."seq", written."releaseId"::text`;

const SUPERSEDE_SQL = `
UPDATE "rollout_device" o
SET "state" = 'SUPERSEDED', "updatedAt" = $3::timestamptz
FROM "rollout" r
WHERE r."id" = o."rolloutId" AND o."rolloutId" <> $1::uuid AND o."deviceId" = ANY($2::uuid[])
  AND (o."state" IN ('ASSIGNED', 'DOWNLOADING', 'VERIFYING', 'ACTIVATING', 'PROBING', 'UNREACHED')
    OR (o."state" = 'QUEUED' AND r."startedAt" <= (SELECT "startedAt" FROM "rollout" WHERE "id" = $1::uuid)))
RETURNING o."rolloutId"::text`;

/** Live rollouts whose rows say that these devices had their release: superseding an outcome changes no row, and may end the rollout. */
const LEFT_SQL = `
SELECT DISTINCT o."rolloutId"::text FROM "rollout_device" o JOIN "rollout" r ON r."id" = o."rolloutId"
WHERE o."deviceId" = ANY($2::uuid[]) AND o."rolloutId" <> $1::uuid AND o."seq" IS NOT NULL AND r."state" IN ('RUNNING', 'PAUSED', 'HALTED')`;

interface Written {
  deviceId: string;
  seq: number;
  releaseId: string | null;
}

/**
 * Gives the rollout's release to queued devices, in one statement: assignment with the next number, the row, what to go back to.
 * Whatever another rollout had under way on them is superseded. Each device gets a hint.
 * @returns other rollouts that lost a device
 */
export async function assignDevices(tx: Tx, scope: RolloutScope, deviceIds: readonly string[]): Promise<string[]> {
  const written = await tx.$queryRawUnsafe<Written[]>(
    ASSIGN_SQL,
    scope.rolloutId,
    deviceIds,
    scope.releaseId,
    scope.organisationId,
    scope.now,
  );
  await announce(tx, scope, written, true);
  const taken = written.map(({ deviceId }) => deviceId);
  const lost = await tx.$queryRawUnsafe<{ rolloutId: string }[]>(SUPERSEDE_SQL, scope.rolloutId, taken, scope.now);
  const left = await tx.$queryRawUnsafe<{ rolloutId: string }[]>(LEFT_SQL, scope.rolloutId, taken);
  return [...new Set([...lost, ...left].map(({ rolloutId }) => rolloutId))];
}

/** Rows whose assignment is still this rollout's; a report or a newer rollout may have changed others meanwhile. */
const OURS = `rd."rolloutId" = $1::uuid AND rd."deviceId" = ANY($2::uuid[]) AND a."rolloutId" = $1::uuid AND a."seq" = rd."seq"`;

const SEND_BACK_SQL = `
WITH turn AS (
  SELECT rd."deviceId", ${NEXT_SEQ} AS "seq", rd."previousReleaseId", rd."previousVariantId", a."releaseId" AS "leftReleaseId",
    a."variantId" AS "leftVariantId"
  ${JOINS}
  WHERE ${OURS} AND rd."previousReleaseId" IS NOT NULL AND rd."previousVariantId" IS NOT NULL
  ORDER BY rd."deviceId" FOR UPDATE OF rd
), written AS (
  INSERT INTO "assignment" ("deviceId", "organisationId", "seq", "releaseId", "variantId", "rolloutId", "previousReleaseId", "previousVariantId", "assignedAt")
  SELECT "deviceId", $3, "seq", "previousReleaseId", "previousVariantId", $1::uuid, "leftReleaseId", "leftVariantId", $4::timestamptz FROM turn
  ${WRITE_ASSIGNMENT}
)
UPDATE "rollout_device" rd
SET "state" = CASE WHEN $5 THEN 'REVERTED' WHEN ${ONLINE} THEN 'ASSIGNED' ELSE 'UNREACHED' END, "seq" = written."seq",
  "progress" = NULL, "settled" = false, "assignedAt" = $4::timestamptz, "updatedAt" = $4::timestamptz
FROM written
WHERE rd."rolloutId" = $1::uuid AND rd."deviceId" = written."deviceId"
RETURNING rd."deviceId"::text, written."seq", written."releaseId"::text`;

/** Assigns what each device had before this rollout; `settled` ones still run it and are done. */
export async function sendDevicesBack(tx: Tx, scope: RolloutScope, deviceIds: readonly string[], settled: boolean): Promise<void> {
  const written = await tx.$queryRawUnsafe<Written[]>(SEND_BACK_SQL, scope.rolloutId, deviceIds, scope.organisationId, scope.now, settled);
  await announce(tx, scope, written, true);
}

const WITHDRAW_SQL = `
WITH turn AS (
  SELECT rd."deviceId", ${NEXT_SEQ} AS "seq", rd."previousReleaseId", rd."previousVariantId"
  ${JOINS}
  WHERE ${OURS} ORDER BY rd."deviceId" FOR UPDATE OF rd
), removed AS (
  DELETE FROM "assignment" a USING turn WHERE a."deviceId" = turn."deviceId" AND (turn."previousReleaseId" IS NULL OR turn."previousVariantId" IS NULL)
), written AS (
  INSERT INTO "assignment" ("deviceId", "organisationId", "seq", "releaseId", "variantId", "rolloutId", "previousReleaseId", "previousVariantId", "assignedAt")
  SELECT "deviceId", $3, "seq", "previousReleaseId", "previousVariantId", NULL, NULL, NULL, $4::timestamptz FROM turn
  WHERE "previousReleaseId" IS NOT NULL AND "previousVariantId" IS NOT NULL
  ${WRITE_ASSIGNMENT}
)
UPDATE "rollout_device" rd SET "state" = $5, "settled" = false, "assignedAt" = NULL, "updatedAt" = $4::timestamptz
FROM turn WHERE rd."rolloutId" = $1::uuid AND rd."deviceId" = turn."deviceId"
RETURNING rd."deviceId"::text, turn."seq", turn."previousReleaseId"::text AS "releaseId"`;

/** Takes assignments back: what ran before is assigned again, or nothing where nothing ran. */
export async function withdrawDevices(tx: Tx, scope: RolloutScope, deviceIds: readonly string[], to: string): Promise<void> {
  const written = await tx.$queryRawUnsafe<Written[]>(WITHDRAW_SQL, scope.rolloutId, deviceIds, scope.organisationId, scope.now, to);
  await announce(tx, scope, written, false);
}

/** A hint to each device in the outbox and, for a new assignment, a line in its history: in the transaction of the state they announce. */
async function announce(tx: Tx, scope: RolloutScope, written: readonly Written[], isNew: boolean): Promise<void> {
  if (written.length === 0) return;
  const deviceIds = written.map(({ deviceId }) => deviceId);
  const seqs = written.map(({ seq }) => seq);
  await tx.$executeRawUnsafe(
    `INSERT INTO "outbox" ("organisationId", "deviceId", "topic", "payload", "createdAt")
     SELECT $1, t."deviceId", 'hint', jsonb_build_object('seq', t."seq", 'spreadSeconds', $2::int), $3::timestamptz
     FROM unnest($4::uuid[], $5::int[]) AS t("deviceId", "seq")`,
    scope.organisationId,
    hintSpreadSeconds({ devices: written.length, bytes: await weigh(tx, deviceIds) }),
    scope.now,
    deviceIds,
    seqs,
  );
  if (!isNew) return;
  await tx.$executeRawUnsafe(
    `INSERT INTO "device_event" ("id", "organisationId", "deviceId", "at", "kind", "seq", "releaseId")
     SELECT gen_random_uuid(), $1, t."deviceId", $2::timestamptz, 'assigned', t."seq", t."releaseId"
     FROM unnest($3::uuid[], $4::int[], $5::uuid[]) AS t("deviceId", "seq", "releaseId")`,
    scope.organisationId,
    scope.now,
    deviceIds,
    seqs,
    written.map(({ releaseId }) => releaseId),
  );
}

const WEIGH_SQL = `
SELECT COALESCE(sum(v."sizeBytes"), 0)::float8 AS "bytes" FROM "assignment" a JOIN "variant" v ON v."id" = a."variantId" WHERE a."deviceId" = ANY($1::uuid[])`;

/** What these devices fetch together, as far as they do not have it. */
async function weigh(tx: Tx, deviceIds: readonly string[]): Promise<number> {
  const [row] = await tx.$queryRawUnsafe<{ bytes: number }[]>(WEIGH_SQL, deviceIds);
  return row?.bytes ?? 0;
}

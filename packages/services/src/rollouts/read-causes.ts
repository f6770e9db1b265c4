import type { RolloutView } from "@flotilla/contracts/views";
import { FAILED_STATES } from "@flotilla/domain";
import type { ServiceContext } from "../context.ts";

/** Devices that a cause names: the others are found by their state. */
const NAMES = 20;
/** Releases that a rollout says to replace. */
const REPLACED = 10;

const ORDER = `ORDER BY rd."stageIndex", d."name", rd."deviceId"`;
const CAUSES_SQL = `
SELECT COALESCE(rd."reasonCode", 'TIMED_OUT') AS "code", count(*)::int AS "deviceCount",
  (array_agg(COALESCE(rd."reasonMessage", '') ${ORDER}))[1] AS "message", (array_agg(d."name" ${ORDER}))[1:${NAMES}] AS "deviceNames"
FROM "rollout_device" rd JOIN "device" d ON d."id" = rd."deviceId"
WHERE rd."rolloutId" = $1::uuid AND rd."state" = ANY($2::text[]) GROUP BY 1 ORDER BY 2 DESC, 1`;

/** Failures by code, most first; the first device's sentence speaks for all of them. */
export function readCauses({ db }: ServiceContext, rolloutId: string): Promise<RolloutView["causes"]> {
  return db.query(CAUSES_SQL, [rolloutId, [...FAILED_STATES, "REFUSED"]]);
}

const REPLACED_SQL = `
SELECT c."releaseId"::text, COALESCE(p."name", '–') AS "releaseName", c."deviceCount" FROM (
  SELECT "previousReleaseId" AS "releaseId", count(*)::int AS "deviceCount" FROM "rollout_device"
  WHERE "rolloutId" = $1::uuid AND "previousReleaseId" IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${REPLACED}
) c LEFT JOIN "release" p ON p."id" = c."releaseId" ORDER BY c."deviceCount" DESC, c."releaseId"`;

/** What the devices ran when they were assigned, the most common first. */
export function readReplaced({ db }: ServiceContext, rolloutId: string): Promise<RolloutView["replaces"]> {
  return db.query(REPLACED_SQL, [rolloutId]);
}

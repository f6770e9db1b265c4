import { AWAY_STATES, DOT_CODES, ROLLOUT_PAGE } from "@flotilla/contracts/rollout-dots";
import type { RolloutDotsView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

const CODE_SQL = `CASE rd."state" ${Object.entries(DOT_CODES)
  .map(([state, code]) => `WHEN '${state}' THEN '${code}'`)
  .join(" ")} WHEN 'DOWNLOADING' THEN LEAST(9, floor(10 * COALESCE(rd."progress", 0)))::int::text ELSE '?' END`;
const AWAY_SQL = `rd."state" IN (${AWAY_STATES.map((state) => `'${state}'`).join(", ")}) AND NOT (COALESCE(s."online", false) AND d."state" = 'ACTIVE')`;

const DOTS_SQL = `
WITH dot AS (
  SELECT rd."deviceId", CASE WHEN ${AWAY_SQL} THEN lower(${CODE_SQL}) ELSE ${CODE_SQL} END AS "code",
    row_number() OVER (ORDER BY rd."stageIndex", d."name", rd."deviceId") - 1 AS "place"
  FROM "rollout_device" rd JOIN "device" d ON d."id" = rd."deviceId" LEFT JOIN "device_status" s ON s."deviceId" = rd."deviceId"
  WHERE rd."rolloutId" = r."id"
)
SELECT COALESCE(string_agg("code", '' ORDER BY "place"), '') AS "dots",
  COALESCE(array_agg("deviceId"::text ORDER BY "place") FILTER (WHERE "place" % ${ROLLOUT_PAGE} = 0), '{}') AS "pages" FROM dot`;

/**
 * A rollout's devices as one character each, by stage and name: what a picture of a hundred thousand needs. Who they are is read by page.
 *
 * @throws FlotillaError NOT_FOUND
 */
export async function readRolloutDots(ctx: ServiceContext, actor: Actor, id: string): Promise<RolloutDotsView> {
  const [row] = await ctx.db.query<RolloutDotsView>(
    `SELECT x."dots", x."pages" FROM "rollout" r CROSS JOIN LATERAL (${DOTS_SQL}) x WHERE r."id" = $1::uuid AND r."organisationId" = $2`,
    [id, actor.organisationId],
  );
  if (row === undefined) throw notFound("rollout");
  return row;
}

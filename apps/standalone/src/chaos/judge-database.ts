import type { ServiceContext } from "@flotilla/services";

interface Check {
  /** What is wrong with a row that the query finds. */
  problem: string;
  sql: string;
}

/** Each finds what must not be: a row is a problem. `$1` is the release that every agent is to run at last. */
const CHECKS: readonly Check[] = [
  {
    problem: "does not prove the last release",
    sql: `SELECT d."name" FROM "device" d LEFT JOIN "device_status" s ON s."deviceId" = d."id"
      WHERE s."phase" IS DISTINCT FROM 'ACTIVE' OR s."runningReleaseId" IS DISTINCT FROM $1::uuid`,
  },
  {
    problem: "is not online",
    sql: `SELECT d."name" FROM "device" d JOIN "device_status" s ON s."deviceId" = d."id" WHERE NOT s."online" AND $1::uuid IS NOT NULL`,
  },
  {
    problem: "did not succeed in a rollout, or had it assigned twice",
    sql: `SELECT d."name" || ' ' || rd."state" || ' attempt ' || rd."attempt" AS "name" FROM "rollout_device" rd JOIN "device" d ON d."id" = rd."deviceId"
      WHERE (rd."state" <> 'SUCCEEDED' OR rd."attempt" <> 1) AND $1::uuid IS NOT NULL`,
  },
  {
    problem: "has an assignment number that was skipped or used twice",
    sql: `SELECT d."name" || ' ' || a."seq" || ': ' || count(e.*) || ' assigned' AS "name" FROM "assignment" a JOIN "device" d ON d."id" = a."deviceId"
      LEFT JOIN "device_event" e ON e."deviceId" = a."deviceId" AND e."kind" = 'assigned' WHERE $1::uuid IS NOT NULL
      GROUP BY d."name", a."seq" HAVING count(e.*) <> a."seq" OR count(DISTINCT e."seq") <> a."seq"`,
  },
  {
    problem: "has no history of a release's activation, or two of one",
    sql: `SELECT d."name" || ' seq ' || q."seq" || ': ' || count(e.*) AS "name" FROM "device" d JOIN "assignment" a ON a."deviceId" = d."id"
      CROSS JOIN LATERAL generate_series(1, a."seq") AS q("seq")
      LEFT JOIN "device_event" e ON e."deviceId" = d."id" AND e."kind" = 'state' AND e."phase" = 'ACTIVE' AND e."seq" = q."seq"
      WHERE $1::uuid IS NOT NULL GROUP BY d."name", q."seq" HAVING count(e.*) <> 1`,
  },
  {
    problem: "was decided twice",
    sql: `SELECT r."name" || ' ' || c."kind" || ' ' || coalesce(c."params"->>'stage', '') AS "name" FROM "decision" c JOIN "rollout" r ON r."id" = c."rolloutId"
      WHERE c."kind" IN ('created', 'started', 'stage-started', 'stage-passed', 'completed') AND $1::uuid IS NOT NULL
      GROUP BY r."name", c."kind", c."params"->>'stage' HAVING count(*) <> 1`,
  },
  {
    problem: "was not completed",
    sql: `SELECT "name" || ' ' || "state" AS "name" FROM "rollout" WHERE "state" <> 'COMPLETED' AND $1::uuid IS NOT NULL`,
  },
  {
    problem: "is a message that was never published",
    sql: `SELECT "topic" || ' of ' || "createdAt" AS "name" FROM "outbox" WHERE $1::uuid IS NOT NULL`,
  },
  {
    problem: "is a job that did not finish",
    sql: `SELECT (j."recipe"->>'name') || ' ' || j."state" AS "name" FROM "job" j WHERE j."state" <> 'SUCCEEDED' AND $1::uuid IS NOT NULL`,
  },
  {
    problem: "fetched an artifact more than twice over",
    sql: `SELECT d."name" || ' ' || f."bytes" || ' bytes of ' || v."sizeBytes" AS "name" FROM "artifact_fetch" f JOIN "device" d ON d."id" = f."deviceId"
      JOIN "variant" v ON v."sha256" = f."sha256" WHERE f."bytes" > 2 * v."sizeBytes" AND $1::uuid IS NOT NULL`,
  },
];

/** Every trace of something lost, or done twice, that the database shows. Empty where all is well. */
export async function judgeDatabase(ctx: ServiceContext, lastReleaseId: string): Promise<string[]> {
  const problems: string[] = [];
  for (const { problem, sql } of CHECKS) {
    const rows = await ctx.db.query<{ name: string }>(sql, [lastReleaseId]);
    problems.push(...rows.map(({ name }) => `${name} ${problem}`));
  }
  return problems;
}

import type { RawTx } from "@flotilla/db";
import { type Cohort, NAMED_DEVICES, type StateCount } from "@flotilla/domain";
import { Params } from "../devices/device-sql.ts";
import { type FactsScope, factsSql } from "./facts-sql.ts";

const FACTS = [
  ...["stageIndex", "state", "online", "revoked", "settled", "superseded", "assigned", "alreadyCurrent"],
  ...["hasPrevious", "runsPrevious", "refusalCode", "reasonCode", "past", "overdue", "stale"],
  ...["goingBack", "retry", "timeZone"],
]
  .map((fact) => `f."${fact}"`)
  .join(", ");

const measure = (name: string): string => `(f."probe"->>'${name}')::float8`;
const JUDGED = `NOT f."settled" AND f."state" NOT IN ('REFUSED', 'SUPERSEDED', 'CANCELLED', 'ALREADY_CURRENT', 'REVERTED')`;
const HAS_GOLDEN = `${JUDGED} AND f."probe"->>'goldenAgreement' IS NOT NULL`;
const ratio = (of: string, against: string): string =>
  `COALESCE(array_agg(${measure(of)} / ${measure(against)}) FILTER (WHERE ${JUDGED} AND ${measure(against)} > 0), '{}')`;
const NAMED = `f."refusalCode" IS NOT NULL OR f."overdue" OR (f."state" IN ('ROLLED_BACK', 'FAILED', 'TIMED_OUT') AND NOT f."settled")`;
const REASON = `CASE
  WHEN f."state" = 'QUEUED' THEN json_build_object('code', f."refusalCode", 'message', COALESCE(f."refusalMessage", ''))
  WHEN f."anyReasonCode" IS NOT NULL THEN json_build_object('code', f."anyReasonCode", 'message', COALESCE(f."reasonMessage", '')) END`;

export interface LoadedCohorts {
  readonly cohorts: readonly Cohort[];
  readonly counts: readonly StateCount[];
  /** Differences that the counts were added up from. */
  readonly countRows: number;
  /** What of the database this answer saw, as `pg_snapshot`. */
  readonly seen: string;
}

interface Row extends Omit<LoadedCohorts, "cohorts"> {
  cohorts: readonly (Omit<Cohort, "nextAt"> & { nextAtMs: number | null })[];
}

/**
 * `cohortsOf` and `countsOf` of domain over the rows, in one statement, so that both are of one instant. `reach`: only what `matters` up to that
 * stage; null: all devices.
 */
export async function loadCohorts(tx: RawTx, scope: FactsScope, reach: number | null): Promise<LoadedCohorts> {
  const params = new Params();
  const facts = factsSql(scope, params);
  const id = `${params.add(scope.rolloutId)}::uuid`;
  const [row] = await tx.$queryRawUnsafe<Row[]>(
    `WITH grouped AS (
       SELECT ${FACTS}, count(*)::int AS "count",
         COALESCE(sum(${measure("goldenAgreement")} * ${measure("goldenCount")}) FILTER (WHERE ${HAS_GOLDEN}), 0) AS "goldenAgreed",
         COALESCE(sum(${measure("goldenCount")}) FILTER (WHERE ${HAS_GOLDEN}), 0) AS "goldenReplayed",
         count(*) FILTER (WHERE ${HAS_GOLDEN}) AS "goldenDevices",
         ${ratio("latencyP95Ms", "baselineP95Ms")} AS "latencyRatios", ${ratio("memoryBytes", "baselineMemoryBytes")} AS "memoryRatios",
         COALESCE((array_agg(json_build_object('deviceId', f."deviceId", 'name', f."name", 'reason', ${REASON}) ORDER BY f."deviceId")
           FILTER (WHERE ${NAMED}))[1:${NAMED_DEVICES}], '{}') AS "named",
         (extract(epoch FROM min(f."nextAt")) * 1000)::float8 AS "nextAtMs"
       FROM (${facts} ${reach === null ? "" : mattersSql(reach, params)}) f
       GROUP BY ${FACTS}
     ), counted AS (
       SELECT "stageIndex", "state", sum("delta")::int AS "count", count(*) AS "rows" FROM "rollout_count" WHERE "rolloutId" = ${id} GROUP BY 1, 2
     )
     SELECT (SELECT COALESCE(json_agg(g ORDER BY g."stageIndex"), '[]') FROM grouped g) AS "cohorts",
       (SELECT COALESCE(json_agg(json_build_object('stageIndex', c."stageIndex", 'state', c."state", 'count', c."count")), '[]')
        FROM counted c WHERE c."count" <> 0) AS "counts",
       (SELECT COALESCE(sum("rows"), 0)::int FROM counted) AS "countRows", pg_current_snapshot()::text AS "seen"`,
    ...params.values,
  );
  if (row === undefined) throw new Error("an aggregate without GROUP BY answers with one row");
  return {
    ...row,
    cohorts: row.cohorts.map(({ nextAtMs, ...cohort }) => ({ ...cohort, nextAt: nextAtMs === null ? null : new Date(nextAtMs) })),
  };
}

/** `matters` of domain: what of it does not depend on the stage is a generated column (migration 0025). */
const mattersSql = (reach: number, params: Params): string => `AND rd."stageIndex" <= ${params.add(reach)}::int AND rd."matters"`;

/** Differences that are not worth adding up yet. */
const FEW_COUNT_ROWS = 64;

/** Replaces differences by their sums; the caller holds the rollout's lock. One that is being written meanwhile stays for the next time. */
export async function foldCounts(tx: RawTx, rolloutId: string, countRows: number): Promise<void> {
  if (countRows <= FEW_COUNT_ROWS) return;
  await tx.$executeRawUnsafe(
    `WITH folded AS (DELETE FROM "rollout_count" WHERE "rolloutId" = $1::uuid RETURNING "stageIndex", "state", "delta")
     INSERT INTO "rollout_count" ("rolloutId", "stageIndex", "state", "delta")
     SELECT $1::uuid, "stageIndex", "state", sum("delta") FROM folded GROUP BY 2, 3 HAVING sum("delta") <> 0`,
    rolloutId,
  );
}

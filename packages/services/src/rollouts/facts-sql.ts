import type { RolloutOptions } from "@flotilla/contracts";
import {
  DEFAULT_OPTIONS,
  FAILED_STATES,
  IN_FLIGHT_STATES,
  OPEN_STATES,
  type RolloutPlan,
  type Selector,
  UNREACHED_AFTER_MS,
} from "@flotilla/domain";
import type { Params } from "../devices/device-sql.ts";

const list = (states: readonly string[]): string => states.map((state) => `'${state}'`).join(", ");
const IN_FLIGHT = `rd."state" IN (${list(IN_FLIGHT_STATES)})`;
const OPEN = `rd."state" IN (${list(OPEN_STATES)})`;

/** What the facts of a rollout's devices are asked with. */
export interface FactsScope {
  readonly rolloutId: string;
  /** What the rollout assigns. */
  readonly releaseId: string;
  readonly now: Date;
  /** Of each stage. */
  readonly deadlineSeconds: readonly number[];
  readonly options: RolloutOptions;
}

type Identified = Pick<FactsScope, "releaseId"> & { readonly id: string };

export const scopeOf = (
  { id: rolloutId, releaseId }: Identified,
  { stages, options = DEFAULT_OPTIONS }: RolloutPlan,
  now: Date,
): FactsScope => ({
  ...{ rolloutId, releaseId, now, options },
  deadlineSeconds: stages.map(({ spec }) => spec.deadlineSeconds),
});

/**
 * `factsAt` of domain as SQL, one row a device of the rollout, with what the executors need besides. A test holds the two together. The names
 * of facts are those of `CohortFacts`. Conditions over columns that are passed through reach the indexes. What hardly any device needs is looked up
 * for those alone: the planner knows nothing of a new rollout's rows, and asks for each of them by itself. An assignment is looked up by its device whatever
 * the statistics say (OFFSET 0): taken while hardly any were there, before a first wave, they make the planner go through all of them for each device.
 */
export function factsSql({ rolloutId, releaseId, now, deadlineSeconds, options }: FactsScope, params: Params): string {
  const id = `${params.add(rolloutId)}::uuid`;
  const release = `${params.add(releaseId)}::uuid`;
  const at = `${params.add(now)}::timestamptz`;
  const deadline = `(${params.add(deadlineSeconds)}::int[])[rd."stageIndex" + 1] * interval '1 second'`;
  const timeoutSeconds = deadlineSeconds.map((seconds) => Math.min(seconds, options.deviceTimeoutSeconds ?? seconds));
  const timeout = `(${params.add(timeoutSeconds)}::int[])[rd."stageIndex" + 1] * interval '1 second'`;
  const superseded = `rd."seq" IS NOT NULL AND a."seq" IS DISTINCT FROM rd."seq"`;
  const goingBack = `rd."seq" IS NOT NULL AND COALESCE(a."seq" = rd."seq" AND (a."releaseId" <> ${release} OR a."variantId" <> rd."variantId"), false)`;
  const { limit, backoffSeconds } = options.retries;
  const retries = `(rd."state" IN (${list(FAILED_STATES)}) AND NOT rd."settled" AND NOT (${superseded}) AND d."state" <> 'REVOKED' AND NOT (${goingBack})
    AND rd."attempt" <= ${params.add(limit)}::int)`;
  const retryAt = `rd."updatedAt" + ${params.add(backoffSeconds)}::int * interval '1 second' * (2 ^ LEAST(GREATEST(rd."attempt", 1) - 1, 10))`;
  const stale = `interval '${UNREACHED_AFTER_MS} milliseconds'`;
  const past = `${OPEN} AND COALESCE(${at} >= rd."assignedAt" + ${deadline}, false)`;
  const later = (instant: string) => `CASE WHEN ${instant} > ${at} THEN ${instant} END`;
  return `
SELECT rd."deviceId", rd."stageIndex", rd."state", rd."settled", d."name",
  COALESCE(s."online", false) AND d."state" = 'ACTIVE' AS "online", d."state" = 'REVOKED' AS "revoked",
  rd."seq" IS NOT NULL AS "assigned", ${superseded} AS "superseded", ${goingBack} AS "goingBack",
  CASE WHEN ${retries} THEN CASE WHEN ${retryAt} <= ${at} THEN 'due' ELSE 'waiting' END END AS "retry",
  ${options.windows.length === 0 ? "NULL::text" : `COALESCE(d."tags"->>'timeZone', 'UTC')`} AS "timeZone",
  rd."state" = 'QUEUED' AND COALESCE(s."runningVariantSha256" = v."sha256"
    AND (a."seq" IS NULL OR (a."releaseId" = ${release} AND a."variantId" = rd."variantId")), false) AS "alreadyCurrent",
  COALESCE(back."state" <> 'INVALIDATED', false) AND pv."sha256" IS NOT NULL AS "hasPrevious",
  COALESCE(s."runningReleaseId" = rd."previousReleaseId" AND s."runningVariantSha256" = pv."sha256", false) AS "runsPrevious",
  CASE WHEN rd."state" = 'QUEUED' AND rd."variantId" IS NULL THEN rd."refusalCode" END AS "refusalCode",
  CASE WHEN rd."state" IN (${list(FAILED_STATES)}) THEN rd."reasonCode" END AS "reasonCode",
  ${past} AS "past",
  ${IN_FLIGHT} AND COALESCE(${at} >= rd."assignedAt" + ${timeout}, false)
    AND (rd."updatedAt" < rd."assignedAt" + ${timeout} OR ${at} >= rd."updatedAt" + ${timeout}) AS "overdue",
  ${IN_FLIGHT} AND rd."updatedAt" + ${stale} <= ${at} AS "stale",
  CASE WHEN ${retries} THEN ${later(retryAt)}
    WHEN ${OPEN} AND rd."assignedAt" IS NOT NULL THEN LEAST(${later(`rd."assignedAt" + ${deadline}`)}, ${later(`rd."updatedAt" + ${deadline}`)},
      CASE WHEN ${IN_FLIGHT} THEN LEAST(${later(`rd."assignedAt" + ${timeout}`)}, ${later(`rd."updatedAt" + ${timeout}`)},
        ${later(`rd."updatedAt" + ${stale}`)}) END) END AS "nextAt",
  rd."probe", rd."variantId", rd."reasonMessage", rd."refusalMessage", rd."previousReleaseId", rd."previousVariantId", rd."seq" AS "ownSeq",
  rd."reasonCode" AS "anyReasonCode", a."seq" AS "assignedSeq", a."releaseId" AS "assignedReleaseId", a."variantId" AS "assignedVariantId",
  s."seq" AS "reportedSeq", s."runningReleaseId", s."runningVariantSha256", s."standbyReleaseId", rd.ctid AS "place", rd.xmin AS "version", rd."matters"
FROM "rollout_device" rd
JOIN "device" d ON d."id" = rd."deviceId"
LEFT JOIN "device_status" s ON s."deviceId" = rd."deviceId"
LEFT JOIN LATERAL (SELECT "seq", "releaseId", "variantId" FROM "assignment" WHERE "deviceId" = rd."deviceId" OFFSET 0) a ON true
LEFT JOIN "variant" v ON v."id" = CASE WHEN s."runningReleaseId" = ${release} THEN rd."variantId" END
LEFT JOIN "variant" pv ON pv."id" = rd."previousVariantId"
LEFT JOIN "release" back ON back."id" = rd."previousReleaseId"
WHERE rd."rolloutId" = ${id}`;
}

/**
 * That the row `rd` to be written is the one whose facts `f` are, and is still as they say: a report that came meanwhile wins. By its place, since the
 * planner takes a new rollout for one row, and then looks for each device through all of them.
 */
export const sameRowSql = (f: string): string => `rd.ctid = ${f}."place" AND rd.xmin = ${f}."version"`;

/** `selects` of domain as a condition over a row of `factsSql`, called `f`. Of rows that all matter it says so, since that is what the index knows. */
export function selectorSql(who: Selector, params: Params): string {
  const conditions = Object.entries(who).map(([fact, values]) => factIn(fact, values, params));
  if (who.state?.every((state) => OPEN_STATES.some((open) => open === state)) === true) conditions.push(`f."matters"`);
  return conditions.length === 0 ? "true" : conditions.join(" AND ");
}

function factIn(fact: string, values: readonly (string | number | boolean | null)[], params: Params): string {
  const known = values.filter((value) => value !== null);
  const column = `f."${fact}"`;
  const conditions = known.length === values.length ? [] : [`${column} IS NULL`];
  // A boolean by itself is something that the planner understands, and an index of it can be used.
  if (known.length === 1 && typeof known[0] === "boolean") conditions.push(known[0] ? column : `NOT ${column}`);
  else if (known.length > 0) conditions.push(`${column} = ANY(${params.add(known)}::${typeOf(known[0])}[])`);
  return conditions.length === 0 ? "false" : `(${conditions.join(" OR ")})`;
}

function typeOf(value: string | number | boolean | undefined): string {
  return typeof value === "number" ? "int" : typeof value === "boolean" ? "boolean" : "text";
}

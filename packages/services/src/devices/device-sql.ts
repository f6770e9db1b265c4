import type { DeviceFilter } from "@flotilla/contracts";
import { BUSY_PHASES, FAILED_PHASES, WARM_C } from "@flotilla/domain";

const list = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(", ");

/** `deviceHealth` of domain as SQL, over `d` (device) and `s` (device_status, may be missing). A test holds the two together. */
export const HEALTH_SQL = `CASE
  WHEN d."state" = 'PENDING' THEN 'pending'
  WHEN d."state" = 'REVOKED' OR NOT COALESCE(s."online", false) THEN 'offline'
  WHEN s."phase" IN (${list(FAILED_PHASES)}) THEN 'failed'
  WHEN s."temperatureC" >= ${WARM_C} OR s."reasonCode" IS NOT NULL THEN 'warning'
  WHEN s."phase" IN (${list(BUSY_PHASES)}) THEN 'busy'
  ELSE 'healthy' END`;

/** Worst first, for sorting. */
export const HEALTH_RANK_SQL = `array_position(ARRAY['failed', 'warning', 'offline', 'pending', 'busy', 'healthy'], ${HEALTH_SQL})`;

/** A device with its status and what it proves to run: `d`, `s`, `r` (release), `m` (model), `mv` (version), `v` (variant). */
export const DEVICE_FROM_SQL = `
FROM "device" d
LEFT JOIN "device_status" s ON s."deviceId" = d."id"
LEFT JOIN "release" r ON r."id" = s."runningReleaseId" AND r."organisationId" = d."organisationId"
LEFT JOIN "model" m ON m."id" = r."modelId"
LEFT JOIN "model_version" mv ON mv."id" = r."modelVersionId"
LEFT JOIN LATERAL (
  SELECT "name" FROM "variant" WHERE "id" = ANY(r."variantIds") AND "sha256" = s."runningVariantSha256" LIMIT 1
) v ON true`;

/** Collects parameters of a statement: `add(value)` answers with its placeholder. */
export class Params {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** `matchesFilter` of domain as SQL over DEVICE_FROM_SQL. A test holds the two together. */
export function filterSql(filter: DeviceFilter, params: Params): string {
  const conditions: string[] = [];
  const search = filter.search?.trim().toLowerCase();
  // The database's own locale may be C, which knows no lower case of Ü.
  if (search !== undefined && search !== "") conditions.push(`strpos(lower(d."name" COLLATE "und-x-icu"), ${params.add(search)}) > 0`);
  if (filter.tags !== undefined && Object.keys(filter.tags).length > 0)
    conditions.push(`d."tags" @> ${params.add(JSON.stringify(filter.tags))}::jsonb`);
  if (filter.profiles !== undefined && filter.profiles.length > 0)
    conditions.push(`d."profileName" = ANY(${params.add(filter.profiles)}::text[])`);
  if (filter.online !== undefined) conditions.push(`(COALESCE(s."online", false) AND d."state" = 'ACTIVE') = ${params.add(filter.online)}`);
  if (filter.modelId !== undefined) conditions.push(`r."modelId" = ${params.add(filter.modelId)}::uuid`);
  if (filter.releaseId !== undefined) conditions.push(`s."runningReleaseId" = ${params.add(filter.releaseId)}::uuid`);
  if (filter.reason !== undefined) conditions.push(`s."reasonCode" = ${params.add(filter.reason)}`);
  if (filter.health !== undefined && filter.health.length > 0)
    conditions.push(`(${HEALTH_SQL}) = ANY(${params.add(filter.health)}::text[])`);
  return conditions.length === 0 ? "true" : conditions.join(" AND ");
}

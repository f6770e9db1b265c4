/** Places of `device_status.healthRank`, worst first; 1 is the first. */
export const HEALTH_RANKS = ["failed", "warning", "offline", "pending", "busy", "healthy"] as const;

/**
 * `deviceHealth` of domain over `d` (device) and `s` (device_status, may be missing). What the status says of it is a generated column (migration 0021):
 * lists are sorted and filtered by it. A test holds the two together.
 */
export const HEALTH_SQL = `CASE d."state" WHEN 'PENDING' THEN 'pending' WHEN 'REVOKED' THEN 'offline'
  ELSE (ARRAY[${HEALTH_RANKS.map((health) => `'${health}'`).join(", ")}])[COALESCE(s."healthRank", 3)] END`;

/** A device with its status: all that a filter asks about. */
export const DEVICE_STATUS_SQL = `FROM "device" d LEFT JOIN "device_status" s ON s."deviceId" = d."id"`;

/** What it proves to run, by the status: `r` (release), `m` (model), `mv` (version), `v` (variant). */
const RUNNING_SQL = `
LEFT JOIN "release" r ON r."id" = s."runningReleaseId" AND r."organisationId" = d."organisationId"
LEFT JOIN "model" m ON m."id" = r."modelId"
LEFT JOIN "model_version" mv ON mv."id" = r."modelVersionId"
LEFT JOIN LATERAL (
  SELECT "name" FROM "variant" WHERE "id" = ANY(r."variantIds") AND "sha256" = s."runningVariantSha256" LIMIT 1
) v ON true`;

/** A device with its status and what it proves to run. */
export const DEVICE_FROM_SQL = `${DEVICE_STATUS_SQL} ${RUNNING_SQL}`;

/** The same for the devices of a page `p`: what is only shown is looked up for those rows alone. */
export function pageFromSql(page: string): string {
  return `FROM (${page}) p JOIN "device" d ON d."id" = p."id" LEFT JOIN "device_status" s ON s."deviceId" = d."id" ${RUNNING_SQL}`;
}

/** Collects parameters of a statement: `add(value)` answers with its placeholder. */
export class Params {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

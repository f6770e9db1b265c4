import type { ServiceContext } from "../context.ts";

const HOURS = 24;
const HOUR_MS = 3_600_000;

/** Inferences per hour over the last 24 h by model id, oldest first; models that no device reported on are left out. */
export async function readInferencesPerHour(
  ctx: ServiceContext,
  organisationId: string,
  modelIds: readonly string[],
): Promise<Map<string, number[]>> {
  if (modelIds.length === 0) return new Map();
  const since = new Date(ctx.clock().getTime() - HOURS * HOUR_MS);
  const rows = await ctx.db.query<{ modelId: string; hour: number; inferences: number }>(
    `SELECT r."modelId", floor(extract(epoch FROM (d.at - $3::timestamptz)) / 3600)::int AS hour, sum(d."inferenceCount")::bigint AS inferences
     FROM device_metric d JOIN release r ON r.id = d."releaseId"
     WHERE d."organisationId" = $1 AND r."modelId" = ANY($2::uuid[]) AND d.at > $3::timestamptz
     GROUP BY 1, 2`,
    [organisationId, modelIds, since],
  );
  const byModel = new Map<string, number[]>();
  for (const row of rows) {
    const hours = byModel.get(row.modelId) ?? Array.from({ length: HOURS }, () => 0);
    // A device's clock may run ahead: what it reports from the future belongs to the last hour.
    const index = Math.min(row.hour, HOURS - 1);
    hours[index] = (hours[index] ?? 0) + row.inferences;
    byModel.set(row.modelId, hours);
  }
  return byModel;
}

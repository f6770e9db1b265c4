import type { DeviceProfile } from "@flotilla/contracts";
import type { MeasuredOnTarget } from "@flotilla/contracts/views";
import { matchTargetProfile } from "@flotilla/domain";
import type { ServiceContext } from "../context.ts";

interface Row {
  profile: Pick<DeviceProfile, "arch" | "cpuFlags" | "runtimes">;
  count: number;
  latencies: number[];
  memoryBytes: number | null;
}

/** What devices that run a file now have measured with it, by kind of device. */
export async function countMeasured(
  ctx: ServiceContext,
  { organisationId, modelSha256 }: { organisationId: string; modelSha256: string },
): Promise<MeasuredOnTarget[]> {
  const rows = await ctx.db.query<Row>(
    `SELECT jsonb_build_object('arch', d."profile"->'arch', 'cpuFlags', d."profile"->'cpuFlags', 'runtimes', d."profile"->'runtimes') AS profile,
            count(*)::int AS count,
            coalesce(array_agg(s."latencyP50Ms") FILTER (WHERE s."latencyP50Ms" IS NOT NULL), '{}') AS latencies,
            max(s."memoryBytes")::float8 AS "memoryBytes"
     FROM device_status s JOIN device d ON d.id = s."deviceId"
     WHERE s."organisationId" = $1 AND s."runningVariantSha256" = $2 AND d."state" = 'ACTIVE' GROUP BY 1`,
    [organisationId, modelSha256],
  );
  const kinds = new Map<string, Row[]>();
  for (const row of rows) {
    const id = matchTargetProfile(row.profile)?.id;
    if (id !== undefined) kinds.set(id, [...(kinds.get(id) ?? []), row]);
  }
  return [...kinds].map(([profileId, group]) => ({
    profileId,
    deviceCount: group.reduce((total, { count }) => total + count, 0),
    latencyP50Ms: median(group.flatMap(({ latencies }) => latencies)),
    memoryBytes: group.reduce<number | null>(
      (most, { memoryBytes }) => (memoryBytes === null ? most : Math.max(most ?? 0, memoryBytes)),
      null,
    ),
  }));
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

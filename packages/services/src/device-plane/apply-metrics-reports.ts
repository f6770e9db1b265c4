import { columnsOf } from "../columns-of.ts";
import { deviceNews } from "./device-news.ts";
import { type Applied, NOTHING, type OfKind, type ReportBatch } from "./device-report.ts";
import { plausibleInstant } from "./plausible-instant.ts";

const KEYS = [
  "deviceId",
  "at",
  "organisationId",
  "releaseId",
  "windowSeconds",
  "inferenceCount",
  "errorCount",
  "latencyP50Ms",
  "latencyP95Ms",
  "histogram",
  "memoryBytes",
  "temperatureC",
  "classCounts",
  "meanConfidence",
] as const satisfies readonly (keyof MetricRow)[];

const INSERT = `
INSERT INTO device_metric (${KEYS.map((key) => `"${key}"`).join(", ")})
SELECT m."deviceId", m.at, m."organisationId", m."releaseId", m."windowSeconds", m."inferenceCount", m."errorCount", m."latencyP50Ms",
  m."latencyP95Ms", m.histogram::jsonb, m."memoryBytes", m."temperatureC", m."classCounts"::jsonb, m."meanConfidence"
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::float8[], $6::int[], $7::int[], $8::float8[], $9::float8[], $10::text[],
  $11::bigint[], $12::float8[], $13::text[], $14::float8[]) AS m(${KEYS.map((key) => `"${key}"`).join(", ")})
ON CONFLICT DO NOTHING RETURNING "deviceId"::text, at`;

const UPDATE = `
UPDATE device_status s SET "lastSeenAt" = $1, "latencyP50Ms" = m."latencyP50Ms", "latencyP95Ms" = m."latencyP95Ms",
  "memoryBytes" = m."memoryBytes", "temperatureC" = m."temperatureC"
FROM unnest($2::uuid[], $3::float8[], $4::float8[], $5::bigint[], $6::float8[])
  AS m("deviceId", "latencyP50Ms", "latencyP95Ms", "memoryBytes", "temperatureC")
WHERE s."deviceId" = m."deviceId"`;

/**
 * Stores metrics: a report is one row per device and instant, so that a repetition changes nothing; and of each device's newest what its page
 * shows. What is older than `oldestAt` came too late to be kept and is left out.
 */
export async function applyMetricsReports(
  { tx, statuses, now }: ReportBatch,
  items: readonly OfKind<"metrics">[],
  oldestAt: Date,
): Promise<Applied & { late: number }> {
  const known = items.flatMap((item) => {
    const status = statuses.get(item.deviceId);
    return status === undefined ? [] : [{ item, row: toRow(item, status.organisationId, now) }];
  });
  const rows = known.filter(({ row }) => row.at >= oldestAt);
  const late = known.length - rows.length;
  if (rows.length === 0) return { ...NOTHING, late };
  const all = rows.map(({ row }) => row);
  const inserted = await tx.$queryRawUnsafe<{ deviceId: string; at: Date }[]>(INSERT, ...columnsOf(all, KEYS));
  const written = new Set(inserted.map(keyOf));
  const fresh = rows.filter(({ row }) => written.delete(keyOf(row)));
  if (fresh.length === 0) return { ...NOTHING, late };
  const newest = [
    ...new Map(
      fresh
        .map(({ row }) => row)
        .toSorted(byInstant)
        .map((row) => [row.deviceId, row]),
    ).values(),
  ];
  await tx.$executeRawUnsafe(
    UPDATE,
    now,
    ...columnsOf(newest, ["deviceId", "latencyP50Ms", "latencyP95Ms", "memoryBytes", "temperatureC"]),
  );
  return { fresh: fresh.map(({ item }) => item), news: deviceNews(newest, 0), late };
}

const keyOf = ({ deviceId, at }: { deviceId: string; at: Date }): string => `${deviceId} ${at.getTime()}`;
const byInstant = (a: MetricRow, b: MetricRow): number => a.at.getTime() - b.at.getTime();

type MetricRow = ReturnType<typeof toRow>;

function toRow({ deviceId, report }: OfKind<"metrics">, organisationId: string, now: Date) {
  const { releaseId, windowSeconds, inferenceCount, errorCount, latencyP50Ms, latencyP95Ms, memoryBytes, temperatureC } = report;
  return {
    deviceId,
    at: plausibleInstant(report.at, now),
    organisationId,
    releaseId,
    windowSeconds,
    inferenceCount,
    errorCount,
    latencyP50Ms,
    latencyP95Ms,
    histogram: JSON.stringify(report.latencyHistogram),
    memoryBytes,
    temperatureC,
    classCounts: JSON.stringify(report.classCounts),
    meanConfidence: report.meanConfidence,
  };
}

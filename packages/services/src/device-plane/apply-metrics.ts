import type { MetricsReport } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { plausibleInstant } from "./plausible-instant.ts";

export interface DeviceMetricsReport {
  deviceId: string;
  report: MetricsReport;
}

/** Rows come as one JSON document: unnest of two dozen arrays says the same with more words. */
const COLUMNS = `"deviceId" uuid, at timestamptz, "releaseId" uuid, "windowSeconds" float8, "inferenceCount" int, "errorCount" int,
  "latencyP50Ms" float8, "latencyP95Ms" float8, histogram jsonb, "memoryBytes" bigint, "temperatureC" float8, "classCounts" jsonb, "meanConfidence" float8`;

const INSERT = `
  INSERT INTO device_metric ("deviceId", at, "organisationId", "releaseId", "windowSeconds", "inferenceCount", "errorCount",
    "latencyP50Ms", "latencyP95Ms", histogram, "memoryBytes", "temperatureC", "classCounts", "meanConfidence")
  SELECT m."deviceId", m.at, d."organisationId", m."releaseId", m."windowSeconds", m."inferenceCount", m."errorCount",
    m."latencyP50Ms", m."latencyP95Ms", m.histogram, m."memoryBytes", m."temperatureC", m."classCounts", m."meanConfidence"
  FROM jsonb_to_recordset($1::jsonb) AS m(${COLUMNS}) JOIN device d ON d.id = m."deviceId" AND d.state = 'ACTIVE'
  ON CONFLICT DO NOTHING RETURNING "organisationId"`;

const UPDATE = `
  UPDATE device_status s SET "lastSeenAt" = $2, "latencyP50Ms" = m."latencyP50Ms", "latencyP95Ms" = m."latencyP95Ms",
    "memoryBytes" = m."memoryBytes", "temperatureC" = m."temperatureC"
  FROM (SELECT DISTINCT ON ("deviceId") * FROM jsonb_to_recordset($1::jsonb) AS r(${COLUMNS}) ORDER BY "deviceId", at DESC) m
  WHERE s."deviceId" = m."deviceId"`;

/**
 * Stores the metrics of many devices with two statements. A report is one row per device and instant, so that a repetition changes
 * nothing. Returns how many were new.
 */
export async function applyMetrics(ctx: ServiceContext, reports: readonly DeviceMetricsReport[]): Promise<number> {
  if (reports.length === 0) return 0;
  const now = ctx.clock();
  const rows = JSON.stringify(reports.map(({ deviceId, report }) => toRow(deviceId, report, now)));
  return await ctx.db.transaction(async (tx) => {
    const inserted = await tx.$queryRawUnsafe<{ organisationId: string }[]>(INSERT, rows);
    if (inserted.length === 0) return 0;
    await tx.$executeRawUnsafe(UPDATE, rows, now);
    // One event an organisation: a fleet's metrics must not wake every tab once per device.
    for (const organisationId of new Set(inserted.map((row) => row.organisationId)))
      await notifyLive(tx, { organisationId, topic: "device" });
    return inserted.length;
  });
}

function toRow(deviceId: string, report: MetricsReport, now: Date): Record<string, unknown> {
  const { releaseId, windowSeconds, inferenceCount, errorCount, latencyP50Ms, latencyP95Ms, memoryBytes, temperatureC } = report;
  return {
    deviceId,
    at: plausibleInstant(report.at, now).toISOString(),
    releaseId,
    windowSeconds,
    inferenceCount,
    errorCount,
    latencyP50Ms,
    latencyP95Ms,
    histogram: report.latencyHistogram,
    memoryBytes,
    temperatureC,
    classCounts: report.classCounts,
    meanConfidence: report.meanConfidence,
  };
}

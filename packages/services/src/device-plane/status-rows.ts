import type { ProbeResult, StateReport } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import type { ReportCursor } from "./admit-report.ts";

/** The part of a device's status that state reports move. */
export interface StatusRow extends ReportCursor {
  deviceId: string;
  organisationId: string;
  phase: string | null;
  phaseAt: Date | null;
  seq: number;
  progress: number | null;
  reasonCode: string | null;
  reasonMessage: string | null;
  runningReleaseId: string | null;
  runningVariantSha256: string | null;
  standbyReleaseId: string | null;
  standbyVariantSha256: string | null;
  /** null: leave the last one. */
  probe: ProbeResult | null;
}

/** Locks the rows of those devices that are active, in one order, so that batches which arrive by two ways go one after the other. */
export async function lockStatuses(tx: Tx, deviceIds: readonly string[]): Promise<Map<string, StatusRow>> {
  const rows = await tx.$queryRawUnsafe<StatusRow[]>(
    `SELECT s."deviceId"::text, s."organisationId", s."bootId", s."lastN", s."earlierBootIds", s.phase, s."phaseAt", s.seq, s."reasonCode", NULL AS probe
       FROM device_status s JOIN device d ON d.id = s."deviceId"
      WHERE s."deviceId" = ANY($1::uuid[]) AND d.state = 'ACTIVE' ORDER BY s."deviceId" FOR UPDATE OF s`,
    [...new Set(deviceIds)],
  );
  return new Map(rows.map((row) => [row.deviceId, row]));
}

/** The row after a report that its cursor admits. */
export function withReport(row: StatusRow, cursor: ReportCursor, report: StateReport, phaseAt: Date): StatusRow {
  const { running, standby, reason, probe } = report;
  return {
    ...row,
    ...cursor,
    phase: report.phase,
    phaseAt,
    seq: report.seq,
    progress: report.progress ?? null,
    reasonCode: reason?.code ?? null,
    reasonMessage: reason?.message ?? null,
    runningReleaseId: running?.releaseId ?? null,
    runningVariantSha256: running?.variantSha256 ?? null,
    standbyReleaseId: standby?.releaseId ?? null,
    standbyVariantSha256: standby?.variantSha256 ?? null,
    probe: probe ?? row.probe,
  };
}

const UPDATE = `
  UPDATE device_status s SET "lastSeenAt" = $2, "bootId" = m."bootId", "lastN" = m."lastN", "earlierBootIds" = m."earlierBootIds",
    phase = m.phase, "phaseAt" = m."phaseAt", seq = m.seq, progress = m.progress, "reasonCode" = m."reasonCode", "reasonMessage" = m."reasonMessage",
    "runningReleaseId" = m."runningReleaseId", "runningVariantSha256" = m."runningVariantSha256",
    "standbyReleaseId" = m."standbyReleaseId", "standbyVariantSha256" = m."standbyVariantSha256", probe = COALESCE(m.probe, s.probe)
  FROM jsonb_to_recordset($1::jsonb) AS m("deviceId" uuid, "bootId" text, "lastN" int, "earlierBootIds" text[], phase text, "phaseAt" timestamptz,
    seq int, progress float8, "reasonCode" text, "reasonMessage" text, "runningReleaseId" uuid, "runningVariantSha256" text,
    "standbyReleaseId" uuid, "standbyVariantSha256" text, probe jsonb)
  WHERE s."deviceId" = m."deviceId"`;

/** Writes many rows with one statement. The rows come as one JSON document. */
export async function writeStatuses(tx: Tx, rows: readonly StatusRow[], now: Date): Promise<void> {
  // jsonb_to_recordset makes a JSON null in a jsonb column SQL's null: COALESCE sees it.
  await tx.$executeRawUnsafe(UPDATE, JSON.stringify(rows), now);
}

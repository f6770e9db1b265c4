import type { ProbeResult, StateReport } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { columnsOf } from "../columns-of.ts";
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

/** Boots are read and written as one text: parsing an array a row costs more than the rest of the row. */
type Locked = Omit<StatusRow, "earlierBootIds"> & { boots: string };

const LOCK = `
SELECT s."deviceId"::text, s."organisationId", s."bootId", s."lastN", array_to_string(s."earlierBootIds", ',') AS boots, s.phase, s."phaseAt",
  s.seq, s."reasonCode"
FROM device_status s JOIN device d ON d.id = s."deviceId"
WHERE s."deviceId" = ANY($1::uuid[]) AND d.state = 'ACTIVE' ORDER BY s."deviceId" FOR NO KEY UPDATE OF s`;

/** Locks the rows of those devices that are active, in one order, so that batches which arrive by two ways go one after the other. */
export async function lockStatuses(tx: RawTx, deviceIds: readonly string[]): Promise<Map<string, StatusRow>> {
  const rows = await tx.$queryRawUnsafe<Locked[]>(LOCK, [...new Set(deviceIds)]);
  return new Map(
    rows.map(({ boots, ...row }) => [row.deviceId, { ...row, earlierBootIds: boots === "" ? [] : boots.split(","), probe: null }]),
  );
}

/** The row after a report that its cursor admits. */
export function withReport(row: StatusRow, cursor: ReportCursor, report: StateReport, phaseAt: Date): StatusRow {
  const { running, standby, reason, probe } = report;
  return {
    deviceId: row.deviceId,
    organisationId: row.organisationId,
    bootId: cursor.bootId,
    lastN: cursor.lastN,
    earlierBootIds: cursor.earlierBootIds,
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

const KEYS = [
  "deviceId",
  "bootId",
  "lastN",
  "earlierBootIds",
  "phase",
  "phaseAt",
  "seq",
  "progress",
  "reasonCode",
  "reasonMessage",
  "runningReleaseId",
  "runningVariantSha256",
  "standbyReleaseId",
  "standbyVariantSha256",
  "probe",
] as const satisfies readonly (keyof StatusRow)[];

const UPDATE = `
UPDATE device_status s SET "lastSeenAt" = $1, "bootId" = m."bootId", "lastN" = m."lastN", "earlierBootIds" = string_to_array(m.boots, ','),
  phase = m.phase, "phaseAt" = m."phaseAt", seq = m.seq, progress = m.progress, "reasonCode" = m."reasonCode", "reasonMessage" = m."reasonMessage",
  "runningReleaseId" = m."runningReleaseId", "runningVariantSha256" = m."runningVariantSha256",
  "standbyReleaseId" = m."standbyReleaseId", "standbyVariantSha256" = m."standbyVariantSha256", probe = COALESCE(m.probe::jsonb, s.probe)
FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::timestamptz[], $8::int[], $9::float8[], $10::text[], $11::text[],
  $12::uuid[], $13::text[], $14::uuid[], $15::text[], $16::text[]) AS m("deviceId", "bootId", "lastN", boots, phase, "phaseAt", seq, progress,
  "reasonCode", "reasonMessage", "runningReleaseId", "runningVariantSha256", "standbyReleaseId", "standbyVariantSha256", probe)
WHERE s."deviceId" = m."deviceId"`;

/** Writes many rows with one statement. No index is on what it sets, so that the new version of a row stays on its page. */
export async function writeStatuses(tx: RawTx, rows: readonly StatusRow[], now: Date): Promise<void> {
  const texts = rows.map((row) => ({
    ...row,
    earlierBootIds: row.earlierBootIds.join(","),
    probe: row.probe === null ? null : JSON.stringify(row.probe),
  }));
  await tx.$executeRawUnsafe(UPDATE, now, ...columnsOf(texts, KEYS));
}

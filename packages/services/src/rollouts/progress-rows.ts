import type { ErrorCode, ProbeResult, RolloutDeviceState } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { columnsOf } from "../columns-of.ts";

/** A device's row in the rollout that its assignment is of. */
export interface ProgressRow {
  rolloutId: string;
  deviceId: string;
  organisationId: string;
  name: string;
  state: RolloutDeviceState;
  seq: number;
  progress: number | null;
  reasonCode: ErrorCode | null;
  reasonMessage: string | null;
  settled: boolean;
  updatedAt: Date;
  /** null: leave the last one. */
  probe: ProbeResult | null;
  /** true where a probe is stored. */
  probed: boolean;
  /** What it should prove. */
  releaseId: string;
  variantSha256: string;
  goingBack: boolean;
}

// A rollout's row follows only reports about its own, still valid assignment. NO KEY UPDATE order by device: no two batches can wait for each other.
const LOCK = `
SELECT rd."rolloutId"::text, rd."deviceId"::text, rd."organisationId", d."name", rd."state", rd."seq", rd."progress", rd."reasonCode",
  rd."reasonMessage", rd."settled", rd."updatedAt", rd."probe" IS NOT NULL AS "probed", a."releaseId"::text, v."sha256" AS "variantSha256",
  NOT (a."releaseId" = r."releaseId" AND a."variantId" = rd."variantId") AS "goingBack"
FROM "assignment" a
JOIN "rollout_device" rd ON rd."rolloutId" = a."rolloutId" AND rd."deviceId" = a."deviceId" AND rd."seq" = a."seq"
JOIN "rollout" r ON r."id" = rd."rolloutId"
JOIN "variant" v ON v."id" = a."variantId"
JOIN "device" d ON d."id" = a."deviceId"
WHERE a."deviceId" = ANY($1::uuid[])
ORDER BY a."deviceId" FOR NO KEY UPDATE OF rd`;

/** Locks the rows that reports of these devices may move, by device. */
export async function lockProgressRows(tx: RawTx, deviceIds: readonly string[]): Promise<Map<string, ProgressRow>> {
  const rows = await tx.$queryRawUnsafe<Omit<ProgressRow, "probe">[]>(LOCK, [...new Set(deviceIds)]);
  return new Map(rows.map((row) => [row.deviceId, { ...row, probe: null }]));
}

const KEYS = [
  "rolloutId",
  "deviceId",
  "state",
  "progress",
  "reasonCode",
  "reasonMessage",
  "settled",
  "updatedAt",
  "probe",
] as const satisfies readonly (keyof ProgressRow)[];

const UPDATE = `
UPDATE "rollout_device" rd SET "state" = m."state", "progress" = m."progress", "reasonCode" = m."reasonCode", "reasonMessage" = m."reasonMessage",
  "settled" = m."settled", "updatedAt" = m."updatedAt", "probe" = COALESCE(m."probe"::jsonb, rd."probe")
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[], $5::text[], $6::text[], $7::boolean[], $8::timestamptz[], $9::text[])
  AS m("rolloutId", "deviceId", "state", "progress", "reasonCode", "reasonMessage", "settled", "updatedAt", "probe")
WHERE rd."rolloutId" = m."rolloutId" AND rd."deviceId" = m."deviceId"`;

/** Writes rows that `lockProgressRows` locked, with one statement. */
export async function writeProgressRows(tx: RawTx, rows: readonly ProgressRow[]): Promise<void> {
  if (rows.length === 0) return;
  const texts = rows.map((row) => ({ ...row, probe: row.probe === null ? null : JSON.stringify(row.probe) }));
  await tx.$executeRawUnsafe(UPDATE, ...columnsOf(texts, KEYS));
}

import type { RawTx } from "@flotilla/db";
import { columnsOf } from "../columns-of.ts";

/** One line of a device's history. */
export interface EventRow {
  id: string;
  organisationId: string;
  deviceId: string;
  at: Date;
  kind: string;
  phase: string | null;
  seq: number | null;
  releaseId: string | null;
  reasonCode: string | null;
  reasonMessage: string | null;
}

const KEYS = [
  "id",
  "organisationId",
  "deviceId",
  "at",
  "kind",
  "phase",
  "seq",
  "releaseId",
  "reasonCode",
  "reasonMessage",
] as const satisfies readonly (keyof EventRow)[];

const COLUMNS = KEYS.map((key) => `"${key}"`).join(", ");
const ROWS = `unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::int[], $8::uuid[], $9::text[], $10::text[])
  AS m(${COLUMNS})`;

const INSERT = `INSERT INTO device_event (${COLUMNS}) SELECT * FROM ${ROWS}`;

/** Writes history with one statement. That it is new is known by what else the caller's transaction holds. */
export async function insertEvents(tx: RawTx, events: readonly EventRow[]): Promise<void> {
  if (events.length > 0) await tx.$executeRawUnsafe(INSERT, ...columnsOf(events, KEYS));
}

const INSERT_NEW = `
INSERT INTO device_event (${COLUMNS}) SELECT DISTINCT ON (m.id) m.* FROM ${ROWS}
WHERE NOT EXISTS (SELECT 1 FROM device_event e WHERE e."deviceId" = m."deviceId" AND e.id = m.id)
ORDER BY m.id RETURNING id::text`;

/**
 * As `insertEvents`, of what may be there already, under whatever time: that stays as it is, and of two with one id one is written. The caller holds the
 * devices' statuses locked. Answers with the ids that are new.
 */
export async function insertNewEvents(tx: RawTx, events: readonly EventRow[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(INSERT_NEW, ...columnsOf(events, KEYS));
  return new Set(rows.map(({ id }) => id));
}

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

const INSERT = `
INSERT INTO device_event ("id", "organisationId", "deviceId", "at", "kind", "phase", "seq", "releaseId", "reasonCode", "reasonMessage")
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::int[], $8::uuid[], $9::text[], $10::text[])
ON CONFLICT DO NOTHING RETURNING "id"::text`;

/** Writes history with one statement. What is there already stays as it is. Answers with the ids that are new. */
export async function insertEvents(tx: RawTx, events: readonly EventRow[]): Promise<Set<string>> {
  if (events.length === 0) return new Set();
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(INSERT, ...columnsOf(events, KEYS));
  return new Set(rows.map(({ id }) => id));
}

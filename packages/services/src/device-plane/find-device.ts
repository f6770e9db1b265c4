import type { Db } from "@flotilla/db";
import { Gather } from "./gather.ts";

/** The part of an assignment's row that says what it is. */
export interface AssignmentRow {
  seq: number;
  rolloutId: string | null;
  releaseId: string;
  variantId: string;
}

/** What every call of a device is judged by, as the database has it now. */
export interface KnownDevice {
  state: string;
  organisationId: string;
  serial: string | null;
  validFrom: Date | null;
  usedAt: Date | null;
  seenAt: Date | null;
  assignment: AssignmentRow | null;
}

interface Row extends Omit<KnownDevice, "assignment"> {
  id: string;
  seq: number | null;
  rolloutId: string | null;
  releaseId: string;
  variantId: string;
}

const FIND_SQL = `SELECT d.id::text, d.state, d."organisationId", d."certificateSerial" AS serial, d."certificateValidFrom" AS "validFrom",
  d."certificateUsedAt" AS "usedAt", s."lastSeenAt" AS "seenAt", a.seq, a."rolloutId"::text, a."releaseId"::text, a."variantId"::text
FROM device d LEFT JOIN device_status s ON s."deviceId" = d.id LEFT JOIN assignment a ON a."deviceId" = d.id WHERE d.id = ANY($1::uuid[])`;

const finders = new WeakMap<Db, Gather<string, KnownDevice | undefined>>();

/**
 * A device with its assignment, undefined where there is none of that id. Read anew for every call, so that a revocation counts at once; what saves is that a
 * crowd of calls shares its statements.
 */
export async function findDevice(db: Db, deviceId: string): Promise<KnownDevice | undefined> {
  const finder = finders.get(db) ?? new Gather(async (ids: readonly string[]) => await readAll(db, ids));
  finders.set(db, finder);
  return await finder.ask(deviceId);
}

async function readAll(db: Db, ids: readonly string[]): Promise<(KnownDevice | undefined)[]> {
  const rows = await db.query<Row>(FIND_SQL, [[...new Set(ids)]], "find-device");
  const found = new Map(rows.map((row) => [row.id, toDevice(row)]));
  return ids.map((id) => found.get(id.toLowerCase()));
}

function toDevice(row: Row): KnownDevice {
  const { state, organisationId, serial, validFrom, usedAt, seenAt, seq, rolloutId, releaseId, variantId } = row;
  return {
    state,
    organisationId,
    serial,
    validFrom,
    usedAt,
    seenAt,
    assignment: seq === null ? null : { seq, rolloutId, releaseId, variantId },
  };
}

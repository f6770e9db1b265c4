import type { Db } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { Gather } from "./gather.ts";

/** A call within this time of the last one writes nothing. */
const SEEN_EVERY_MS = 15_000;

// Ordered, as every statement over many statuses is; a row that somebody else writes just now is seen by him.
const SEEN_SQL = `
UPDATE device_status s SET "lastSeenAt" = $2 FROM (
  SELECT "deviceId" FROM device_status WHERE "deviceId" = ANY($1::uuid[]) ORDER BY "deviceId" FOR UPDATE SKIP LOCKED
) l WHERE s."deviceId" = l."deviceId" AND (s."lastSeenAt" IS NULL OR s."lastSeenAt" < $2::timestamptz)`;

const notes = new WeakMap<Db, Gather<string, undefined>>();

/** Notes that a device called; `seenAt` is when it was last noted. */
export async function noteSeen(ctx: ServiceContext, deviceId: string, seenAt: Date | null): Promise<void> {
  if (seenAt !== null && ctx.clock().getTime() - seenAt.getTime() < SEEN_EVERY_MS) return;
  const note =
    notes.get(ctx.db) ??
    new Gather(async (ids: readonly string[]) => {
      await ctx.db.query(SEEN_SQL, [[...new Set(ids)], ctx.clock()]);
      return ids.map(() => undefined);
    });
  notes.set(ctx.db, note);
  await note.ask(deviceId);
}

import { notifyLiveAll } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { deviceNews } from "./device-news.ts";

const MARK = `
WITH turn AS (
  SELECT "deviceId" FROM device_status WHERE online AND NOT ("deviceId" = ANY($1::uuid[])) ORDER BY "deviceId" FOR NO KEY UPDATE
), marked AS (
  UPDATE device_status s SET online = false FROM turn WHERE s."deviceId" = turn."deviceId" RETURNING s."deviceId", s."organisationId"
), told AS (
  INSERT INTO device_event (id, "organisationId", "deviceId", at, kind)
  SELECT gen_random_uuid(), "organisationId", "deviceId", $2, 'offline' FROM marked
)
SELECT "deviceId"::text, "organisationId" FROM marked`;

/**
 * Marks every device offline that is online in the database but was not heard of: after the broker was away, or this process was,
 * nobody published their last wills. `heard` are the devices whose presence arrived since. Returns how many were marked.
 */
export async function markUnheardOffline(ctx: ServiceContext, heard: ReadonlySet<string>): Promise<number> {
  const now = ctx.clock();
  return await ctx.db.rawTransaction(async (tx) => {
    const marked = await tx.$queryRawUnsafe<{ deviceId: string; organisationId: string }[]>(MARK, [...heard], now);
    await notifyLiveAll(tx, deviceNews(marked, 0));
    return marked.length;
  });
}

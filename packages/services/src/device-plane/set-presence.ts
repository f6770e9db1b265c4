import type { Presence } from "@flotilla/contracts";
import { notifyLiveAll } from "@flotilla/db";
import { columnsOf } from "../columns-of.ts";
import type { ServiceContext } from "../context.ts";
import { deviceNews } from "./device-news.ts";

export interface DevicePresence {
  deviceId: string;
  presence: Presence;
}

// Only a change is written, with its line of history: a retained birth that is heard again says nothing about when the device was last seen. Who is
// revoked can only go offline. In one order, as ingest locks the rows.
const CHANGE = `
WITH turn AS (
  SELECT s."deviceId", m.online
  FROM device_status s JOIN unnest($1::uuid[], $2::boolean[]) AS m("deviceId", online) USING ("deviceId") JOIN device d ON d.id = s."deviceId"
  WHERE s.online <> m.online AND (d.state = 'ACTIVE' OR NOT m.online)
  ORDER BY s."deviceId" FOR NO KEY UPDATE OF s
), changed AS (
  UPDATE device_status s SET online = turn.online, "lastSeenAt" = $3 FROM turn WHERE s."deviceId" = turn."deviceId"
  RETURNING s."deviceId", s."organisationId", s.online
), told AS (
  INSERT INTO device_event (id, "organisationId", "deviceId", at, kind)
  SELECT gen_random_uuid(), "organisationId", "deviceId", $3, CASE WHEN online THEN 'online' ELSE 'offline' END FROM changed
)
SELECT "deviceId"::text, "organisationId" FROM changed`;

/** Notes which devices are connected, oldest message first, with an event where that changed. Unknown devices are ignored. */
export async function setPresence(ctx: ServiceContext, items: readonly DevicePresence[]): Promise<void> {
  const now = ctx.clock();
  const latest = new Map(items.map(({ deviceId, presence }) => [deviceId, presence.online]));
  const rows = [...latest].map(([deviceId, online]) => ({ deviceId, online }));
  await ctx.db.rawTransaction(async (tx) => {
    const changed = await tx.$queryRawUnsafe<{ deviceId: string; organisationId: string }[]>(
      CHANGE,
      ...columnsOf(rows, ["deviceId", "online"]),
      now,
    );
    await notifyLiveAll(tx, deviceNews(changed, 1));
  });
}

import type { Presence } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

export interface DevicePresence {
  deviceId: string;
  presence: Presence;
}

interface Changed {
  deviceId: string;
  organisationId: string;
  online: boolean;
}

// Only a change is written: a retained birth that is heard again says nothing about when the device was last seen. Who is revoked can only go offline.
const UPDATE = `
  UPDATE device_status s SET online = m.online, "lastSeenAt" = $2
  FROM jsonb_to_recordset($1::jsonb) AS m("deviceId" uuid, online boolean) JOIN device d ON d.id = m."deviceId"
  WHERE s."deviceId" = m."deviceId" AND s.online <> m.online AND (d.state = 'ACTIVE' OR NOT m.online)
  RETURNING s."deviceId"::text, s."organisationId", s.online`;

/** Notes which devices are connected, oldest message first, with an event where that changed. Unknown devices are ignored. */
export async function setPresence(ctx: ServiceContext, items: readonly DevicePresence[]): Promise<void> {
  const now = ctx.clock();
  const latest = new Map(items.map(({ deviceId, presence }) => [deviceId, presence.online]));
  const rows = JSON.stringify([...latest].map(([deviceId, online]) => ({ deviceId, online })));
  await ctx.db.transaction(async (tx) => {
    const changed = await tx.$queryRawUnsafe<Changed[]>(UPDATE, rows, now);
    const events = changed.map(({ deviceId, organisationId, online }) => ({
      deviceId,
      organisationId,
      at: now,
      kind: online ? "online" : "offline",
    }));
    await tx.deviceEvent.createMany({ data: events });
    for (const event of liveEvents(changed)) await notifyLive(tx, event);
  });
}

/** One event for one device, else one an organisation. */
function liveEvents(changed: readonly Changed[]) {
  const [first, second] = changed;
  if (first !== undefined && second === undefined)
    return [{ organisationId: first.organisationId, topic: "device" as const, id: first.deviceId }];
  return [...new Set(changed.map(({ organisationId }) => organisationId))].map((organisationId) => ({
    organisationId,
    topic: "device" as const,
  }));
}

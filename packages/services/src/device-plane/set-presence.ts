import type { Presence } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/** Notes whether a device is connected, with an event where that changed. Unknown and revoked devices are ignored. */
export async function setPresence(ctx: ServiceContext, deviceId: string, presence: Presence): Promise<void> {
  const now = ctx.clock();
  await ctx.db.transaction(async (tx) => {
    // A retained birth that is heard again says nothing about when the device was last seen: only a change does.
    const changed = await tx.$queryRawUnsafe<{ organisationId: string }[]>(
      `UPDATE device_status s SET online = $2, "lastSeenAt" = $3 FROM device d
        WHERE s."deviceId" = $1::uuid AND d.id = s."deviceId" AND d.state = 'ACTIVE' AND s.online <> $2
        RETURNING s."organisationId"`,
      deviceId,
      presence.online,
      now,
    );
    const [row] = changed;
    if (row === undefined) return;
    const { organisationId } = row;
    await tx.deviceEvent.create({ data: { organisationId, deviceId, at: now, kind: presence.online ? "online" : "offline" } });
    await notifyLive(tx, { organisationId, topic: "device", id: deviceId });
  });
}

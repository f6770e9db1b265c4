import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";

/**
 * Marks every device offline that is online in the database but was not heard of: after the broker was away, or this process was,
 * nobody published their last wills. `heard` are the devices whose presence arrived since. Returns how many were marked.
 */
export async function markUnheardOffline(ctx: ServiceContext, heard: ReadonlySet<string>): Promise<number> {
  const now = ctx.clock();
  return await ctx.db.transaction(async (tx) => {
    const marked = await tx.$queryRawUnsafe<{ deviceId: string; organisationId: string }[]>(
      `UPDATE device_status SET online = false WHERE online AND NOT ("deviceId" = ANY($1::uuid[]))
       RETURNING "deviceId", "organisationId"`,
      [...heard],
    );
    const events = marked.map(({ deviceId, organisationId }) => ({ organisationId, deviceId, at: now, kind: "offline" }));
    await tx.deviceEvent.createMany({ data: events });
    for (const organisationId of new Set(marked.map((row) => row.organisationId)))
      await notifyLive(tx, { organisationId, topic: "device" });
    return marked.length;
  });
}

import type { ErrorCode } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import type { DeviceIdentity } from "./context.ts";
import { eventIdOf } from "./event-id.ts";

/** What the same device tries again within this time is the same event. */
const REPEAT_MS = 10 * 60_000;

export interface SecurityEvent {
  code: ErrorCode;
  message: string;
  /** What was tried: with the code it says which attempts are the same. */
  target: string;
}

/** Something that was refused, where an operator sees it: a `security` event of the device. A repetition is written once in 10 minutes. */
export async function recordSecurityEvent(ctx: ServiceContext, device: DeviceIdentity, event: SecurityEvent): Promise<void> {
  const now = ctx.clock();
  const id = eventIdOf("security", device.deviceId, event.code, event.target, Math.floor(now.getTime() / REPEAT_MS));
  await ctx.db.transaction(async (tx) => {
    const row = { id, at: now, code: event.code, message: event.message, releaseId: null };
    if (!(await insertSecurityEvent(tx, device, row))) return;
    ctx.logger.warn({ deviceId: device.deviceId, code: event.code, target: event.target }, "refused, and shown to the operator");
  });
}

/** Inserts one `security` row; false where it is there already. */
export async function insertSecurityEvent(
  tx: Tx,
  { deviceId, organisationId }: DeviceIdentity,
  row: { id: string; at: Date; code: ErrorCode; message: string; releaseId: string | null },
): Promise<boolean> {
  const event = { id: row.id, organisationId, deviceId, at: row.at, kind: "security", reasonCode: row.code, reasonMessage: row.message };
  const { count } = await tx.deviceEvent.createMany({ data: [{ ...event, releaseId: row.releaseId }], skipDuplicates: true });
  if (count === 0) return false;
  await notifyLive(tx, { organisationId, topic: "device", id: deviceId });
  return true;
}

import type { ErrorCode } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import type { DeviceIdentity } from "./context.ts";
import { eventIdOf } from "./event-id.ts";
import { insertNewEvents } from "./event-rows.ts";

/** What the same device tries again within this time is the same event. */
const REPEAT_MS = 10 * 60_000;
/** A device that tries ever new things gets no more rows than this in that time: its history must not be flooded by itself. */
const MAX_EVENTS = 20;

const LOCK = `SELECT 1 FROM device_status WHERE "deviceId" = $1::uuid FOR NO KEY UPDATE`;

export interface SecurityEvent {
  code: ErrorCode;
  message: string;
  /** What was tried: with the code it says which attempts are the same. */
  target: string;
}

/**
 * Something that was refused, where an operator sees it: a `security` event of the device. A repetition is written once in 10 minutes; from the
 * twentieth different attempt in that time on one more event stands for all that follow.
 */
export async function recordSecurityEvent(ctx: ServiceContext, device: DeviceIdentity, event: SecurityEvent): Promise<void> {
  const now = ctx.clock();
  const window = Math.floor(now.getTime() / REPEAT_MS);
  const idOf = (target: string) => eventIdOf("security", device.deviceId, event.code, target, window);
  await ctx.db.transaction(async (tx) => {
    // Two that try the same at once: the second one finds what the first one wrote.
    await tx.$executeRawUnsafe(LOCK, device.deviceId);
    const since = new Date(window * REPEAT_MS);
    const count = await tx.deviceEvent.count({ where: { deviceId: device.deviceId, kind: "security", at: { gte: since } } });
    const many = `It was refused more than ${MAX_EVENTS} times within ten minutes, the last time so: ${event.message} What follows is not listed.`;
    const row =
      count < MAX_EVENTS ? { id: idOf(event.target), message: event.message } : { id: idOf("many"), message: many.slice(0, 1000) };
    if (!(await insertSecurityEvent(tx, device, { ...row, at: now, code: event.code }))) return;
    ctx.logger.warn({ deviceId: device.deviceId, code: event.code, target: event.target }, "refused, and shown to the operator");
  });
}

/** Inserts one `security` row; false where it is there already. */
async function insertSecurityEvent(
  tx: Tx,
  { deviceId, organisationId }: DeviceIdentity,
  row: { id: string; at: Date; code: ErrorCode; message: string },
): Promise<boolean> {
  const { id, at, code: reasonCode, message: reasonMessage } = row;
  const what = { kind: "security", phase: null, seq: null, releaseId: null, reasonCode, reasonMessage };
  const written = await insertNewEvents(tx, [{ id, at, organisationId, deviceId, ...what }]);
  if (written.size === 0) return false;
  await notifyLive(tx, { organisationId, topic: "device", id: deviceId });
  return true;
}

import type { DeviceLogLine } from "@flotilla/contracts";
import type { DeviceLogLineView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** The end of a device's own log, oldest first: warnings and errors of its agent. Throws NOT_FOUND. */
export async function readDeviceLog(ctx: ServiceContext, actor: Actor, id: string): Promise<DeviceLogLineView[]> {
  const { organisationId } = actor;
  const device = await ctx.db.prisma.device.findFirst({ where: { id, organisationId }, select: { log: { select: { lines: true } } } });
  if (device === null) throw notFound("device");
  const lines = (device.log?.lines ?? []) as unknown as (DeviceLogLine & { from: string })[];
  return lines.map(({ at, level, message, from }, index) => ({ id: `${from}/${index}`, at: new Date(at), level, message }));
}

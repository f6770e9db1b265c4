import type { SecurityReport } from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";
import { eventIdOf } from "./event-id.ts";
import { plausibleInstant } from "./plausible-instant.ts";
import { insertSecurityEvent } from "./record-security-event.ts";

/** Shows what an agent refused. Each report is one row however often it arrives, and in whatever order. False for a repetition. */
export async function applySecurityReport(ctx: ServiceContext, deviceId: string, report: SecurityReport): Promise<boolean> {
  const device = await ctx.db.prisma.device.findUnique({ where: { id: deviceId }, select: { organisationId: true, state: true } });
  if (device === null || device.state !== "ACTIVE") return false;
  const { organisationId } = device;
  const row = {
    id: eventIdOf("security-report", deviceId, report.bootId, report.n),
    at: plausibleInstant(report.at, ctx.clock()),
    code: report.reason.code,
    message: report.reason.message,
    releaseId: report.releaseId,
  };
  return await ctx.db.transaction(async (tx) => await insertSecurityEvent(tx, { deviceId, organisationId }, row));
}

import type { Report } from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";
import { applyLogReport } from "./apply-log-report.ts";
import { applyMetrics } from "./apply-metrics.ts";
import { applySecurityReport } from "./apply-security-report.ts";
import { applyStateReports } from "./apply-state-reports.ts";

/**
 * Applies one device's reports, oldest first, each at most once. Returns how many were new: the agent may forget them all, since a
 * repetition is answered in the same way.
 */
export async function applyReports(ctx: ServiceContext, deviceId: string, reports: readonly Report[]): Promise<number> {
  const states = reports.flatMap((report) => (report.kind === "state" ? [{ deviceId, report }] : []));
  let applied = await applyStateReports(ctx, states);
  for (const report of reports) {
    if (report.kind === "security") applied += Number(await applySecurityReport(ctx, deviceId, report));
    if (report.kind === "log") applied += Number(await applyLogReport(ctx, deviceId, report));
  }
  const metrics = reports.flatMap((report) => (report.kind === "metrics" ? [{ deviceId, report }] : []));
  return applied + (await applyMetrics(ctx, metrics));
}

import type { Report } from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";
import { applyMetrics } from "./apply-metrics.ts";
import { applySecurityReport } from "./apply-security-report.ts";
import { applyStateReport } from "./apply-state-report.ts";

/**
 * Applies one device's reports in their order, each at most once; metrics together at the end. Returns how many were new: the
 * agent may forget them all, since a repetition is answered in the same way.
 */
export async function applyReports(ctx: ServiceContext, deviceId: string, reports: readonly Report[]): Promise<number> {
  let applied = 0;
  for (const report of reports) {
    if (report.kind === "state") applied += Number(await applyStateReport(ctx, deviceId, report));
    if (report.kind === "security") applied += Number(await applySecurityReport(ctx, deviceId, report));
  }
  const metrics = reports.flatMap((report) => (report.kind === "metrics" ? [{ deviceId, report }] : []));
  return applied + (await applyMetrics(ctx, metrics));
}

import { notifyLiveAll, type RawTx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { applyLogReports } from "./apply-log-reports.ts";
import { applyMetricsReports } from "./apply-metrics-reports.ts";
import { applySecurityReports } from "./apply-security-reports.ts";
import { applyStateReports } from "./apply-state-reports.ts";
import { type DeviceReport, ofKind, type ReportBatch } from "./device-report.ts";
import { DEFAULT_RETENTION, keptSince, type Retention } from "../history/retention.ts";
import { lockStatuses } from "./status-rows.ts";

/**
 * Applies reports of any devices and kinds, each device's oldest first and each report at most once, in one transaction of about a dozen
 * statements however many they are. Answers for each whether it was new: what was not is a repetition, came too late, or is from a device
 * that is not active, and changed nothing; it can be forgotten all the same, since it would be answered in the same way again.
 * Throws what the database throws; nothing is applied then.
 */
export async function applyReports(
  ctx: ServiceContext,
  items: readonly DeviceReport[],
  retention: Retention = DEFAULT_RETENTION,
): Promise<boolean[]> {
  if (items.length === 0) return [];
  const now = ctx.clock();
  const apply = async (tx: RawTx): Promise<boolean[]> => {
    const statuses = await lockStatuses(
      tx,
      items.map(({ deviceId }) => deviceId),
    );
    const batch: ReportBatch = { tx, statuses, now };
    const states = await applyStateReports(batch, ofKind(items, "state"));
    const security = await applySecurityReports(batch, ofKind(items, "security"));
    const logs = await applyLogReports(batch, ofKind(items, "log"));
    const metrics = await applyMetricsReports(batch, ofKind(items, "metrics"), keptSince(now, retention.metricDays));
    if (metrics.late > 0)
      ctx.logger.warn({ count: metrics.late, days: retention.metricDays }, "metrics older than what is kept were dropped");
    const parts = [states, security, logs, metrics];
    await notifyLiveAll(
      tx,
      parts.flatMap(({ news }) => news),
    );
    const fresh = new Set<DeviceReport>(parts.flatMap((part) => part.fresh));
    return items.map((item) => fresh.has(item));
  };
  return await ctx.db.rawTransaction(apply, { keepPlans: true });
}

import { recordDeviceProgress } from "../rollouts/record-device-progress.ts";
import { admitStateReports } from "./admit-state-reports.ts";
import { deviceNews } from "./device-news.ts";
import { type Applied, NOTHING, type OfKind, type ReportBatch } from "./device-report.ts";
import { insertEvents } from "./event-rows.ts";
import { writeStatuses } from "./status-rows.ts";

/**
 * Each device's oldest first and each report at most once: status, history where the phase changed, and the device's place in its rollout. A
 * repetition, a late report, or one from a device that is not active changes nothing.
 */
export async function applyStateReports({ tx, statuses, now }: ReportBatch, items: readonly OfKind<"state">[]): Promise<Applied> {
  const { reports, rows, events } = admitStateReports(statuses, items, now);
  if (reports.length === 0) return NOTHING;
  await writeStatuses(tx, rows, now);
  await insertEvents(tx, events);
  const news = await recordDeviceProgress(tx, reports, now);
  return { fresh: reports, news: [...news, ...deviceNews(rows)] };
}

import { notifyLiveAll } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { recordDeviceProgress } from "../rollouts/record-device-progress.ts";
import { admitStateReports, type DeviceStateReport } from "./admit-state-reports.ts";
import { deviceNews } from "./device-news.ts";
import { insertEvents } from "./event-rows.ts";
import { lockStatuses, writeStatuses } from "./status-rows.ts";

/**
 * Applies state reports of any devices, each device's oldest first and each report at most once: status, history where the phase
 * changed, and the device's place in its rollout, in one transaction of a handful of statements however many they are. Returns how many were
 * new; a repetition, a late report, or one from a device that is not active changes nothing.
 */
export async function applyStateReports(ctx: ServiceContext, items: readonly DeviceStateReport[]): Promise<number> {
  if (items.length === 0) return 0;
  const now = ctx.clock();
  return await ctx.db.rawTransaction(async (tx) => {
    const before = await lockStatuses(
      tx,
      items.map(({ deviceId }) => deviceId),
    );
    const { reports, rows, events } = admitStateReports(before, items, now);
    if (reports.length === 0) return 0;
    await writeStatuses(tx, rows, now);
    await insertEvents(tx, events);
    const news = await recordDeviceProgress(tx, reports, now);
    await notifyLiveAll(tx, [...news, ...deviceNews(rows)]);
    return reports.length;
  });
}

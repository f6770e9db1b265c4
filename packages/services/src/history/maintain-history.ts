import type { ServiceContext } from "../context.ts";
import { dropPartitions, makePartitions } from "./metric-partitions.ts";
import { pruneEvents } from "./prune-events.ts";
import { keptSince, type Retention } from "./retention.ts";
import { takeTurn } from "./take-turn.ts";

export interface HistoryMaintenance {
  /** Days of metrics that were made or dropped, by the names of their partitions. */
  made: string[];
  dropped: string[];
  /** Device events that were deleted. */
  pruned: number;
}

/**
 * Makes room for the next days' metrics and throws away what is older than is kept. null where another process is at it. Throws where a lock was
 * not to be had in time; the next call goes on.
 */
export async function maintainHistory(ctx: ServiceContext, retention: Retention): Promise<HistoryMaintenance | null> {
  const now = ctx.clock();
  const days = await ctx.db.rawTransaction(async (tx) => {
    if (!(await takeTurn(tx))) return null;
    return { made: await makePartitions(tx, now), dropped: await dropPartitions(tx, keptSince(now, retention.metricDays)) };
  });
  if (days === null) return null;
  return { ...days, pruned: await pruneEvents(ctx.db, keptSince(now, retention.eventDays)) };
}

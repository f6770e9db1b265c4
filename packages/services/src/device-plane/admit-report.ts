import { MAX_EARLIER_BOOTS, type StateReport } from "@flotilla/contracts";

/** How far a device's numbered reports were applied. */
export interface ReportCursor {
  bootId: string | null;
  lastN: number;
  /** Newest first. */
  earlierBootIds: readonly string[];
}

type NumberedReport = Pick<StateReport, "bootId" | "n" | "earlierBootIds">;

/** The one before, and all that a report names. */
const REMEMBERED_BOOTS = 1 + MAX_EARLIER_BOOTS;

/**
 * Decides whether a report is new; the result is the cursor after it, or null for one that was applied before or came too late.
 *
 * Within a boot only a higher number is new: of two reports that overtook each other the newer one stays. Another boot is a newer
 * one, since an agent empties its spool in order before it reports for itself; so a report of a boot that was left behind is late.
 * A broker may keep a boot's reports while a newer boot is heard over HTTPS: that newer one says which boots it left behind.
 */
export function admitReport(cursor: ReportCursor, report: NumberedReport): ReportCursor | null {
  if (cursor.bootId === report.bootId) return report.n > cursor.lastN ? { ...cursor, lastN: report.n } : null;
  if (cursor.earlierBootIds.includes(report.bootId)) return null;
  const named = [cursor.bootId, ...(report.earlierBootIds ?? []), ...cursor.earlierBootIds];
  const earlier = [...new Set(named.filter((bootId) => bootId !== null))];
  return { bootId: report.bootId, lastN: report.n, earlierBootIds: earlier.slice(0, REMEMBERED_BOOTS) };
}

/** How far a device's numbered reports were applied. */
export interface ReportCursor {
  bootId: string | null;
  lastN: number;
  /** Newest first. */
  earlierBootIds: readonly string[];
}

const REMEMBERED_BOOTS = 8;

/**
 * Decides whether a report is new; the result is the cursor after it, or null for one that was applied before or came too late.
 *
 * Within a boot only a higher number is new: of two reports that overtook each other the newer one stays. Another boot is a newer
 * one, since an agent empties its spool in order before it reports for itself; so a report of a boot that was left behind is late.
 */
export function admitReport(cursor: ReportCursor, report: { bootId: string; n: number }): ReportCursor | null {
  if (cursor.bootId === report.bootId) return report.n > cursor.lastN ? { ...cursor, lastN: report.n } : null;
  if (cursor.earlierBootIds.includes(report.bootId)) return null;
  const earlier = cursor.bootId === null ? [] : [cursor.bootId, ...cursor.earlierBootIds];
  return { bootId: report.bootId, lastN: report.n, earlierBootIds: earlier.slice(0, REMEMBERED_BOOTS) };
}

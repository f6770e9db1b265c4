import { deviceNews } from "./device-news.ts";
import type { Applied, OfKind, ReportBatch } from "./device-report.ts";
import { eventIdOf } from "./event-id.ts";
import { insertNewEvents } from "./event-rows.ts";
import { plausibleInstant } from "./plausible-instant.ts";

/** Shows what agents refused. Each report is one line of history however often it arrives, and in whatever order. */
export async function applySecurityReports({ tx, statuses, now }: ReportBatch, items: readonly OfKind<"security">[]): Promise<Applied> {
  const rows = items.flatMap((item) => {
    const { deviceId, report } = item;
    const status = statuses.get(deviceId);
    if (status === undefined) return [];
    const event = {
      id: eventIdOf("security-report", deviceId, report.bootId, report.n),
      organisationId: status.organisationId,
      deviceId,
      at: plausibleInstant(report.at, now),
      kind: "security",
      phase: null,
      seq: null,
      releaseId: report.releaseId,
      reasonCode: report.reason.code,
      reasonMessage: report.reason.message,
    };
    return [{ item, event }];
  });
  const written = await insertNewEvents(
    tx,
    rows.map(({ event }) => event),
  );
  // The same report twice in one batch is new once.
  const fresh = rows.filter(({ event }) => written.delete(event.id));
  return { fresh: fresh.map(({ item }) => item), news: deviceNews(fresh.map(({ event }) => event)) };
}

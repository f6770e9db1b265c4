import { columnsOf } from "../columns-of.ts";
import { appendLog, type StoredLine } from "./append-log.ts";
import { deviceNews } from "./device-news.ts";
import { type Applied, type DeviceReport, NOTHING, type OfKind, type ReportBatch } from "./device-report.ts";

// A device's log is written only by who holds its status row: read and written back is one step.
const READ = `SELECT "deviceId"::text, lines FROM device_log WHERE "deviceId" = ANY($1::uuid[])`;

const WRITE = `
INSERT INTO device_log ("deviceId", "organisationId", lines)
SELECT m."deviceId", m."organisationId", m.lines::jsonb
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS m("deviceId", "organisationId", lines)
ON CONFLICT ("deviceId") DO UPDATE SET lines = EXCLUDED.lines`;

/** Keeps what agents warned of: one bounded row a device. A repetition changes nothing. */
export async function applyLogReports({ tx, statuses, now }: ReportBatch, items: readonly OfKind<"log">[]): Promise<Applied> {
  const active = items.filter(({ deviceId }) => statuses.has(deviceId));
  if (active.length === 0) return NOTHING;
  const stored = await tx.$queryRawUnsafe<{ deviceId: string; lines: StoredLine[] }[]>(READ, [...new Set(active.map((i) => i.deviceId))]);
  const logs = new Map(stored.map(({ deviceId, lines }) => [deviceId, lines]));
  const changed = new Set<string>();
  const fresh: DeviceReport[] = [];
  for (const item of active) {
    const lines = appendLog(logs.get(item.deviceId) ?? [], item.report, now);
    if (lines === null) continue;
    logs.set(item.deviceId, lines);
    changed.add(item.deviceId);
    fresh.push(item);
  }
  const rows = [...changed].map((deviceId) => ({
    deviceId,
    organisationId: statuses.get(deviceId)?.organisationId ?? "",
    lines: JSON.stringify(logs.get(deviceId)),
  }));
  if (rows.length > 0) await tx.$executeRawUnsafe(WRITE, ...columnsOf(rows, ["deviceId", "organisationId", "lines"]));
  return { fresh, news: deviceNews(rows) };
}

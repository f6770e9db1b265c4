import type { LogReport } from "@flotilla/contracts";
import { notifyLive } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { plausibleInstant } from "./plausible-instant.ts";

/** The end of the log is what helps; more would grow for ever. */
const LINES_KEPT = 100;

/** One row a device, its lines cut to the last ones; `from` names the report, so that a repetition finds itself and changes nothing. */
const UPSERT_SQL = `
INSERT INTO device_log AS l ("deviceId", "organisationId", lines)
SELECT d.id, d."organisationId", $2::jsonb FROM device d WHERE d.id = $1::uuid AND d.state = 'ACTIVE'
ON CONFLICT ("deviceId") DO UPDATE SET lines = (
  SELECT jsonb_agg(t.line ORDER BY t.n) FROM (
    SELECT line, n FROM jsonb_array_elements(l.lines || EXCLUDED.lines) WITH ORDINALITY AS e(line, n) ORDER BY n DESC LIMIT ${LINES_KEPT}
  ) t)
WHERE NOT l.lines @> $3::jsonb
RETURNING "organisationId"`;

/** Keeps what a device's agent warned of. False for a repetition, and for a device that is not active. */
export async function applyLogReport(ctx: ServiceContext, deviceId: string, report: LogReport): Promise<boolean> {
  const from = `${report.bootId}/${report.n}`;
  const now = ctx.clock();
  const lines = report.lines.map(({ at, level, message }) => ({ at: plausibleInstant(at, now).toISOString(), level, message, from }));
  return await ctx.db.transaction(async (tx) => {
    const [row] = await tx.$queryRawUnsafe<{ organisationId: string }[]>(
      UPSERT_SQL,
      deviceId,
      JSON.stringify(lines),
      JSON.stringify([{ from }]),
    );
    if (row === undefined) return false;
    await notifyLive(tx, { organisationId: row.organisationId, topic: "device", id: deviceId });
    return true;
  });
}

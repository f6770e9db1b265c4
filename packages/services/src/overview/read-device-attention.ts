import type { ErrorCode } from "@flotilla/contracts";
import type { AttentionView } from "@flotilla/contracts/views";
import type { ServiceContext } from "../context.ts";
import { DEVICE_STATUS_SQL, HEALTH_SQL } from "../devices/device-sql.ts";

interface CauseRow {
  health: "failed" | "warning" | "pending" | "offline";
  code: ErrorCode | null;
  message: string | null;
  away: boolean;
  count: number;
  devices: AttentionView["devices"];
  since: Date | null;
}

/** A device's numbers differ from its neighbour's, its code does not: the code is the cause. */
const CAUSES_SQL = `
SELECT h."health", h."code", h."away", count(*) AS "count", (array_agg(h."message" ORDER BY h."phaseAt" DESC NULLS LAST))[1] AS "message",
  (array_agg(json_build_object('id', h."id", 'name', h."name") ORDER BY h."phaseAt" DESC NULLS LAST, h."name"))[1:4] AS "devices",
  min(h."lastSeenAt") AS "since"
FROM (
  SELECT d."id", d."name", s."lastSeenAt", s."phaseAt", ${HEALTH_SQL} AS "health",
    CASE WHEN ${HEALTH_SQL} IN ('failed', 'warning') THEN s."reasonCode" END AS "code",
    CASE WHEN ${HEALTH_SQL} IN ('failed', 'warning') THEN s."reasonMessage" END AS "message",
    ${HEALTH_SQL} = 'offline' AND COALESCE(s."lastSeenAt" < $2, true) AS "away"
  ${DEVICE_STATUS_SQL} WHERE d."organisationId" = $1 AND d."state" <> 'REVOKED'
) h
WHERE h."health" IN ('failed', 'warning', 'pending', 'offline') GROUP BY 1, 2, 3`;

/** Devices that need a person, by cause. `awaySince`: who was not heard since then is away, not just offline. */
export async function readDeviceAttention(ctx: ServiceContext, organisationId: string, awaySince: Date): Promise<AttentionView[]> {
  const rows = await ctx.db.query<CauseRow>(CAUSES_SQL, [organisationId, awaySince]);
  return rows.map((row) => {
    const { count, devices, code, message, since } = row;
    const reason = code === null ? null : { code, message: message ?? "" };
    return { ...placeOf(row), count, devices, reason, name: null, why: null, since: row.health === "offline" ? since : null };
  });
}

/** What it is, and the list of those devices. */
function placeOf({ health, code, away }: CauseRow): Pick<AttentionView, "kind" | "href"> {
  const byReason = code === null ? "" : ` and reason = ${code}`;
  switch (health) {
    case "failed":
      return { kind: "devices-failed", href: devicesHref(`health = failed${byReason}`) };
    case "warning":
      return { kind: code === null ? "devices-warm" : "devices-warning", href: devicesHref(`health = warning${byReason}`) };
    case "pending":
      return { kind: "devices-pending", href: "/devices" };
    default:
      return { kind: away ? "devices-away" : "devices-offline", href: `${devicesHref("health = offline")}&sort=lastSeen` };
  }
}

/** The list of the devices that fit a filter. */
function devicesHref(filter: string): string {
  return `/devices?filter=${encodeURIComponent(filter)}`;
}

import type { Decision, ErrorCode } from "@flotilla/contracts";
import type { OverviewView } from "@flotilla/contracts/views";
import type { ServiceContext } from "../context.ts";
import { DEVICE_FROM_SQL, HEALTH_SQL } from "../devices/device-sql.ts";

type Attention = OverviewView["attention"];

const DAY_MS = 86_400_000;

/** What needs a person, worst first, grouped by cause. */
export async function readAttention(ctx: ServiceContext, organisationId: string): Promise<Attention> {
  const since = new Date(ctx.clock().getTime() - DAY_MS);
  const [halted, health, jobs, security] = await Promise.all([
    ctx.db.query<{ id: string; name: string } & ({ kind: null } | Decision)>(
      `SELECT r."id"::text AS "id", r."name", d."kind", d."message", d."params" FROM "rollout" r LEFT JOIN "decision" d ON d."id" = r."whyDecisionId"
       WHERE r."organisationId" = $1 AND r."state" = 'HALTED' ORDER BY r."createdAt" DESC LIMIT 10`,
      [organisationId],
    ),
    ctx.db.query<{ health: string; count: number }>(
      `SELECT ${HEALTH_SQL} AS "health", count(*) AS "count" ${DEVICE_FROM_SQL} WHERE d."organisationId" = $1 AND d."state" <> 'REVOKED' GROUP BY 1`,
      [organisationId],
    ),
    ctx.db.query<{ count: number }>(
      `SELECT count(*) AS "count" FROM "job" WHERE "organisationId" = $1 AND "state" = 'FAILED' AND "finishedAt" > $2`,
      [organisationId, since],
    ),
    ctx.db.query<{ deviceId: string; name: string; code: ErrorCode; message: string; count: number }>(
      `SELECT e."deviceId"::text AS "deviceId", d."name", (array_agg(e."reasonCode" ORDER BY e."at" DESC))[1] AS "code",
         (array_agg(e."reasonMessage" ORDER BY e."at" DESC))[1] AS "message", count(*) AS "count"
       FROM "device_event" e JOIN "device" d ON d."id" = e."deviceId"
       WHERE e."organisationId" = $1 AND e."kind" = 'security' AND e."at" > $2 GROUP BY 1, 2 ORDER BY max(e."at") DESC LIMIT 10`,
      [organisationId, since],
    ),
  ]);
  const devices = (state: string): number => health.find((row) => row.health === state)?.count ?? 0;
  const list: Attention = halted.map(({ id, name, ...why }) => ({
    kind: "rollout-halted",
    params: { name },
    ...(why.kind === null ? {} : { decision: why }),
    href: `/rollouts/${id}`,
  }));
  for (const { deviceId, name, code, message, count } of security) {
    list.push({ kind: "security", params: { name, count }, reason: { code, message }, href: `/devices/${deviceId}` });
  }
  const failed = devices("failed");
  if (failed > 0) list.push({ kind: "devices-failed", params: { count: failed }, href: "/devices?health=failed" });
  const pending = devices("pending");
  if (pending > 0) list.push({ kind: "devices-pending", params: { count: pending }, href: "/devices" });
  const jobCount = jobs[0]?.count ?? 0;
  if (jobCount > 0) list.push({ kind: "job-failed", params: { count: jobCount }, href: "/jobs?show=failed" });
  const offline = devices("offline");
  if (offline > 0) list.push({ kind: "devices-offline", params: { count: offline }, href: "/devices?health=offline" });
  return list;
}

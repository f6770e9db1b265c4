import type { Decision, ErrorCode } from "@flotilla/contracts";
import type { AttentionView } from "@flotilla/contracts/views";
import type { ServiceContext } from "../context.ts";
import { readDeviceAttention } from "./read-device-attention.ts";

const DAY_MS = 86_400_000;
const MOST_ROLLOUTS = 10;

/** Worst first. */
const ORDER: readonly AttentionView["kind"][] = [
  "rollout-halted",
  "security",
  "devices-failed",
  "devices-warning",
  "devices-warm",
  "devices-pending",
  "job-failed",
  "devices-away",
  "devices-offline",
];

/** What needs a person, worst first: one row for a cause, however many share it. */
export async function readAttention(ctx: ServiceContext, organisationId: string): Promise<AttentionView[]> {
  const now = ctx.clock();
  const since = new Date(now.getTime() - DAY_MS);
  const found = await Promise.all([
    readHalted(ctx, organisationId),
    readSecurity(ctx, organisationId, since),
    readDeviceAttention(ctx, organisationId, since),
    readFailedJobs(ctx, organisationId, since),
  ]);
  return found.flat().toSorted((left, right) => ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind) || right.count - left.count);
}

/** What a row has where nothing else is said. */
const NOTHING = { devices: [], reason: null, name: null, why: null, since: null } satisfies Partial<AttentionView>;

async function readHalted(ctx: ServiceContext, organisationId: string): Promise<AttentionView[]> {
  const rows = await ctx.db.query<{ id: string; name: string; kind: string | null; message: string; params: Decision["params"] }>(
    `SELECT r."id"::text AS "id", r."name", d."kind", d."message", d."params" FROM "rollout" r LEFT JOIN "decision" d ON d."id" = r."whyDecisionId"
     WHERE r."organisationId" = $1 AND r."state" = 'HALTED' ORDER BY r."createdAt" DESC LIMIT ${MOST_ROLLOUTS}`,
    [organisationId],
  );
  return rows.map(({ id, name, kind, message, params }) => ({
    ...NOTHING,
    ...{ kind: "rollout-halted", count: 1, name, href: `/rollouts/${id}` },
    why: kind === null ? null : { kind, message, params },
  }));
}

async function readSecurity(ctx: ServiceContext, organisationId: string, since: Date): Promise<AttentionView[]> {
  const rows = await ctx.db.query<{ code: ErrorCode; message: string; count: number; devices: AttentionView["devices"] }>(
    `SELECT e."code", (array_agg(e."message" ORDER BY e."at" DESC))[1] AS "message", count(*) AS "count",
       (array_agg(json_build_object('id', e."deviceId", 'name', e."name") ORDER BY e."at" DESC))[1:4] AS "devices"
     FROM (SELECT DISTINCT ON (e."reasonCode", d."id") e."reasonCode" AS "code", e."reasonMessage" AS "message", e."at", d."id" AS "deviceId", d."name"
       FROM "device_event" e JOIN "device" d ON d."id" = e."deviceId"
       WHERE e."organisationId" = $1 AND e."kind" = 'security' AND e."at" > $2 ORDER BY e."reasonCode", d."id", e."at" DESC) e
     GROUP BY 1`,
    [organisationId, since],
  );
  return rows.map(({ code, message, count, devices }) => ({
    ...NOTHING,
    ...{ kind: "security", count, devices, reason: { code, message } },
    href: count === 1 ? `/devices/${devices[0]?.id}` : "/devices",
  }));
}

async function readFailedJobs(ctx: ServiceContext, organisationId: string, since: Date): Promise<AttentionView[]> {
  const rows = await ctx.db.query<{ code: ErrorCode | null; message: string | null; count: number }>(
    `SELECT "errorCode" AS "code", (array_agg("errorMessage" ORDER BY "finishedAt" DESC))[1] AS "message", count(*) AS "count"
     FROM "job" WHERE "organisationId" = $1 AND "state" = 'FAILED' AND "finishedAt" > $2 GROUP BY 1`,
    [organisationId, since],
  );
  return rows.map(({ code, message, count }) => ({
    ...NOTHING,
    ...{ kind: "job-failed", count, reason: code === null ? null : { code, message: message ?? "" }, href: "/jobs?show=failed" },
  }));
}

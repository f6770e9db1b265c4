import type { AgentPhase, ErrorCode } from "@flotilla/contracts";
import type { DeviceEvent, DeviceMetrics, Page } from "@flotilla/contracts/views";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { encodeCursor } from "../views/cursor.ts";
import { notFound } from "../views/not-found.ts";
import { readTimePosition } from "../views/read-position.ts";

export const deviceEventsInput = z.object({
  id: z.uuid(),
  cursor: z.string().nullish(),
  limit: z.number().int().min(1).max(200).optional(),
});
export const deviceMetricsInput = z.object({
  id: z.uuid(),
  hours: z
    .number()
    .positive()
    .max(24 * 31),
});

/** Points of a chart: more would not be seen. */
const MAX_POINTS = 400;

interface EventRow {
  id: string;
  at: Date;
  kind: DeviceEvent["kind"];
  phase: AgentPhase | null;
  releaseName: string | null;
  reasonCode: ErrorCode | null;
  reasonMessage: string | null;
}

/** What happened to a device, newest first. Throws NOT_FOUND. */
export async function readDeviceEvents(
  ctx: ServiceContext,
  actor: Actor,
  input: z.infer<typeof deviceEventsInput>,
): Promise<Page<DeviceEvent>> {
  await checkDevice(ctx, actor, input.id);
  const limit = input.limit ?? 50;
  const params: unknown[] = [input.id, actor.organisationId, limit + 1];
  let after = "";
  if (input.cursor !== null && input.cursor !== undefined) {
    const { at, id } = readTimePosition(input.cursor);
    params.push(at, id);
    after = `AND (e."at", e."id") < ($4::timestamptz, $5::uuid)`;
  }
  const [rows, total] = await Promise.all([
    ctx.db.query<EventRow>(
      `SELECT e."id"::text AS "id", e."at", e."kind", e."phase", r."name" AS "releaseName", e."reasonCode", e."reasonMessage"
       FROM "device_event" e LEFT JOIN "release" r ON r."id" = e."releaseId" AND r."organisationId" = e."organisationId"
       WHERE e."deviceId" = $1::uuid AND e."organisationId" = $2 ${after} ORDER BY e."at" DESC, e."id" DESC LIMIT $3`,
      params,
    ),
    ctx.db.prisma.deviceEvent.count({ where: { deviceId: input.id, organisationId: actor.organisationId } }),
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ reasonCode, reasonMessage, ...event }) => ({
      ...event,
      reason: reasonCode === null ? null : { code: reasonCode, message: reasonMessage ?? "" },
    })),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.at.toISOString(), last.id]) : null,
    total,
  };
}

/** What a device measured over the last hours, thinned to what a chart can show, oldest first. Throws NOT_FOUND. */
export async function readDeviceMetrics(
  ctx: ServiceContext,
  actor: Actor,
  input: z.infer<typeof deviceMetricsInput>,
): Promise<DeviceMetrics> {
  await checkDevice(ctx, actor, input.id);
  const now = ctx.clock();
  const since = new Date(now.getTime() - input.hours * 3_600_000);
  const bucketSeconds = Math.max(1, (input.hours * 3600) / MAX_POINTS);
  const [points, marks] = await Promise.all([
    ctx.db.query<DeviceMetrics["points"][number]>(
      `SELECT max("at") AS "at", avg("latencyP50Ms")::float8 AS "latencyP50Ms", max("latencyP95Ms")::float8 AS "latencyP95Ms",
         max("memoryBytes")::float8 AS "memoryBytes", max("temperatureC")::float8 AS "temperatureC", sum("inferenceCount")::float8 AS "inferenceCount",
         sum("errorCount")::float8 AS "errorCount", (array_agg("releaseId"::text ORDER BY "at" DESC))[1] AS "releaseId"
       FROM "device_metric" WHERE "deviceId" = $1::uuid AND "organisationId" = $2 AND "at" >= $3
       GROUP BY floor(extract(epoch FROM "at") / $4::float8) ORDER BY 1`,
      [input.id, actor.organisationId, since, bucketSeconds],
    ),
    ctx.db.query<DeviceMetrics["releaseMarks"][number]>(
      `SELECT e."at", r."name" AS "label" FROM "device_event" e
       JOIN "release" r ON r."id" = e."releaseId" AND r."organisationId" = e."organisationId"
       WHERE e."deviceId" = $1::uuid AND e."organisationId" = $2 AND e."kind" = 'state' AND e."phase" IN ('ACTIVE', 'ROLLED_BACK') AND e."at" >= $3
       ORDER BY e."at"`,
      [input.id, actor.organisationId, since],
    ),
  ]);
  return { points, releaseMarks: marks };
}

async function checkDevice(ctx: ServiceContext, actor: Actor, id: string): Promise<void> {
  if ((await ctx.db.prisma.device.count({ where: { id, organisationId: actor.organisationId } })) === 0) throw notFound("device");
}

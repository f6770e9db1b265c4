import type { OverviewView } from "@flotilla/contracts/views";
import type { ServiceContext } from "../context.ts";

type Adoption = Pick<OverviewView, "adoption" | "adoptionReleases" | "rolloutMarks">;

const DAYS = 14;
const STEPS = 56;
const DAY_MS = 86_400_000;

interface Change {
  deviceId: string;
  at: Date;
  releaseId: string;
}

/** How many devices ran each release, over 14 days or since the first installation: replayed from the devices' own reports. */
export async function readAdoption(ctx: ServiceContext, organisationId: string): Promise<Adoption> {
  const now = ctx.clock();
  const since = new Date(now.getTime() - DAYS * DAY_MS);
  const [changes, marks] = await Promise.all([
    // What a device ran when the window opens, and every change within it.
    ctx.db.query<Change>(
      `(SELECT DISTINCT ON (e."deviceId") e."deviceId"::text, e."at", e."releaseId"::text FROM "device_event" e
         WHERE e."organisationId" = $1 AND e."kind" = 'state' AND e."phase" = 'ACTIVE' AND e."releaseId" IS NOT NULL AND e."at" < $2
         ORDER BY e."deviceId", e."at" DESC)
       UNION ALL
       SELECT e."deviceId"::text, e."at", e."releaseId"::text FROM "device_event" e
         WHERE e."organisationId" = $1 AND e."kind" = 'state' AND e."phase" = 'ACTIVE' AND e."releaseId" IS NOT NULL AND e."at" >= $2
       ORDER BY 2`,
      [organisationId, since],
    ),
    ctx.db.query<{ at: Date; label: string }>(
      `SELECT "startedAt" AS "at", "name" AS "label" FROM "rollout" WHERE "organisationId" = $1 AND "startedAt" >= $2 ORDER BY 1`,
      [organisationId, since],
    ),
  ]);
  const ids = [...new Set(changes.map((change) => change.releaseId))];
  const releases = await ctx.db.prisma.release.findMany({
    where: { id: { in: ids }, organisationId },
    select: { id: true, name: true },
    orderBy: { createdAt: "asc" },
  });
  const first = changes[0]?.at ?? now;
  const start = Math.max(since.getTime(), Math.min(first.getTime(), now.getTime()) - 60_000);
  return {
    adoption: changes.length === 0 ? [] : replay(changes, start, now.getTime()),
    adoptionReleases: releases.map(({ id, name }) => ({ releaseId: id, name })),
    rolloutMarks: marks,
  };
}

function replay(changes: readonly Change[], start: number, end: number): Adoption["adoption"] {
  const runs = new Map<string, string>();
  let next = 0;
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const at = start + ((end - start) * step) / STEPS;
    for (let change = changes[next]; change !== undefined && change.at.getTime() <= at; change = changes[next]) {
      runs.set(change.deviceId, change.releaseId);
      next += 1;
    }
    const counts: Record<string, number> = {};
    for (const releaseId of runs.values()) counts[releaseId] = (counts[releaseId] ?? 0) + 1;
    return { at: new Date(at), counts };
  });
}

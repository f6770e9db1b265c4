import type { RolloutState, StageSpec, StageState } from "@flotilla/contracts";
import type { RolloutListItem, RolloutListPage } from "@flotilla/contracts/views";
import type { Decision, Rollout, RolloutStage } from "@flotilla/db";
import { estimateRemaining } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { encodeCursor } from "../views/cursor.ts";
import { readTimePosition } from "../views/read-position.ts";
import { toDecision } from "./to-decision.ts";

export const listRolloutsInput = z.object({ cursor: z.string().nullish(), limit: z.number().int().min(1).max(100).optional() });

interface StageCount {
  rolloutId: string;
  stageIndex: number;
  total: number;
  succeeded: number;
  failed: number;
}

const COUNTS_SQL = `
SELECT "rolloutId"::text, "stageIndex", sum("delta")::int AS "total",
  COALESCE(sum("delta") FILTER (WHERE "state" IN ('SUCCEEDED', 'ALREADY_CURRENT')), 0)::int AS "succeeded",
  COALESCE(sum("delta") FILTER (WHERE "state" IN ('ROLLED_BACK', 'FAILED', 'TIMED_OUT', 'REFUSED')), 0)::int AS "failed"
FROM "rollout_count" WHERE "rolloutId" = ANY($1::uuid[]) GROUP BY 1, 2`;

/** A keyset page of the organisation's rollouts, newest first. Throws INVALID_INPUT for a foreign cursor. */
export async function listRollouts(ctx: ServiceContext, actor: Actor, input: z.infer<typeof listRolloutsInput>): Promise<RolloutListPage> {
  const { organisationId } = actor;
  const limit = input.limit ?? 30;
  const after = input.cursor === null || input.cursor === undefined ? null : readTimePosition(input.cursor);
  const before = after === null ? {} : { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] };
  const [rows, total] = await Promise.all([
    ctx.db.prisma.rollout.findMany({
      where: { organisationId, ...before },
      include: { stages: { orderBy: { index: "asc" } } },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit + 1,
    }),
    ctx.db.prisma.rollout.count({ where: { organisationId } }),
  ]);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await toItems(ctx, organisationId, page),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor([last.createdAt.toISOString(), last.id]) : null,
    total,
  };
}

/** Rollouts that have not ended, newest first. */
export async function listRunningRollouts(ctx: ServiceContext, actor: Actor): Promise<RolloutListItem[]> {
  const { organisationId } = actor;
  const rows = await ctx.db.prisma.rollout.findMany({
    where: { organisationId, state: { in: ["RUNNING", "PAUSED", "HALTED", "REVERTING"] } },
    include: { stages: { orderBy: { index: "asc" } } },
    orderBy: { createdAt: "desc" },
    take: 20,
  });
  return toItems(ctx, organisationId, rows);
}

type Row = Rollout & { stages: RolloutStage[] };

async function toItems(ctx: ServiceContext, organisationId: string, rows: readonly Row[]): Promise<RolloutListItem[]> {
  const whyIds = rows.flatMap((row) => (row.whyDecisionId === null ? [] : [row.whyDecisionId]));
  const [counts, releases, groups, whys] = await Promise.all([
    ctx.db.query<StageCount>(COUNTS_SQL, [rows.map((row) => row.id)]),
    ctx.db.prisma.release.findMany({
      where: { id: { in: rows.map((row) => row.releaseId) }, organisationId },
      select: { id: true, name: true },
    }),
    ctx.db.prisma.group.findMany({
      where: { id: { in: rows.map((row) => row.groupId) }, organisationId },
      select: { id: true, name: true },
    }),
    ctx.db.prisma.decision.findMany({ where: { id: { in: whyIds }, organisationId } }),
  ]);
  const nameOf = (list: readonly { id: string; name: string }[], id: string): string => list.find((one) => one.id === id)?.name ?? "–";
  return rows.map((row) =>
    toItem(row, {
      counts: counts.filter((count) => count.rolloutId === row.id),
      releaseName: nameOf(releases, row.releaseId),
      groupName: nameOf(groups, row.groupId),
      why: whys.find((why) => why.id === row.whyDecisionId) ?? null,
      now: ctx.clock(),
    }),
  );
}

function toItem(
  row: Row,
  known: { counts: readonly StageCount[]; releaseName: string; groupName: string; why: Decision | null; now: Date },
): RolloutListItem {
  const sum = (key: "total" | "succeeded" | "failed"): number => known.counts.reduce((total, count) => total + count[key], 0);
  return {
    id: row.id,
    name: row.name,
    state: row.state as RolloutState,
    releaseName: known.releaseName,
    groupName: known.groupName,
    stages: row.stages.map(({ index, spec, state }) => {
      const count = known.counts.find((one) => one.stageIndex === index);
      const { name } = spec as unknown as StageSpec;
      return { name, state: state as StageState, total: count?.total ?? 0, succeeded: count?.succeeded ?? 0, failed: count?.failed ?? 0 };
    }),
    deviceCount: sum("total"),
    succeededCount: sum("succeeded"),
    failedCount: sum("failed"),
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    remaining: estimateRemaining(
      row.state as RolloutState,
      row.stages.map((stage) => ({ ...stage, spec: stage.spec as unknown as StageSpec, state: stage.state as StageState })),
      known.now,
    ),
    why: known.why === null ? null : toDecision(known.why),
  };
}

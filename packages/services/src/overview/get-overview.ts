import type { Health, OverviewView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";
import { DEVICE_FROM_SQL, DEVICE_STATUS_SQL, HEALTH_SQL } from "../devices/device-sql.ts";
import { listModels } from "../models/list-models.ts";
import { listRunningRollouts } from "../rollouts/list-rollouts.ts";
import { readAdoption } from "./read-adoption.ts";
import { readAttention } from "./read-attention.ts";

/** Cells of the fleet's grid; a larger fleet is counted in full and drawn in part. */
const FLEET_CELLS = 2000;
const MODELS_SHOWN = 6;

interface FleetRow {
  id: string;
  name: string;
  health: Health;
  versionLabel: string | null;
}

/** The state of everything on one page. */
export async function getOverview(ctx: ServiceContext, actor: Actor): Promise<OverviewView> {
  const { organisationId } = actor;
  const [fleet, counts, adoption, running, attention, models, uploaded, rolledOut] = await Promise.all([
    ctx.db.query<FleetRow>(
      `SELECT d."id"::text AS "id", d."name", ${HEALTH_SQL} AS "health", m."name" || ' ' || mv."version" AS "versionLabel"
       ${DEVICE_FROM_SQL} WHERE d."organisationId" = $1 AND d."state" = 'ACTIVE' ORDER BY d."name", d."id" LIMIT ${FLEET_CELLS}`,
      [organisationId],
    ),
    ctx.db.query<{ total: number; healthy: number }>(
      `SELECT count(*) AS "total", count(*) FILTER (WHERE ${HEALTH_SQL} IN ('healthy', 'busy')) AS "healthy"
       ${DEVICE_STATUS_SQL} WHERE d."organisationId" = $1 AND d."state" = 'ACTIVE'`,
      [organisationId],
    ),
    readAdoption(ctx, organisationId),
    listRunningRollouts(ctx, actor),
    readAttention(ctx, organisationId),
    readModels(ctx, actor),
    ctx.db.prisma.model.count({ where: { organisationId } }),
    ctx.db.prisma.rollout.count({ where: { organisationId, state: { not: "DRAFT" } } }),
  ]);
  const { total, healthy } = counts[0] ?? { total: 0, healthy: 0 };
  return {
    fleet,
    deviceCount: total,
    healthyCount: healthy,
    ...adoption,
    running,
    attention,
    models,
    firstUse: { uploaded: uploaded > 0, deviceAdded: total > 0, rolledOut: rolledOut > 0 },
  };
}

async function readModels(ctx: ServiceContext, actor: Actor): Promise<OverviewView["models"]> {
  const { items } = await listModels(ctx, actor, { limit: MODELS_SHOWN });
  const latencies = await ctx.db.query<{ modelId: string; p95: number | null }>(
    `SELECT r."modelId"::text AS "modelId", max(s."latencyP95Ms") AS "p95" FROM "device_status" s JOIN "release" r ON r."id" = s."runningReleaseId"
     WHERE s."organisationId" = $1 GROUP BY 1`,
    [actor.organisationId],
  );
  return items.map(({ id, name, runsOn, inferenceSparkline }) => ({
    id,
    name,
    runsOn,
    latencyP95Ms: latencies.find((one) => one.modelId === id)?.p95 ?? null,
    sparkline: inferenceSparkline,
  }));
}

import type { RolloutDeviceState } from "@flotilla/contracts";
import type { DecisionView, RolloutCount, RolloutView, StageView } from "@flotilla/contracts/views";
import { allowedActions, CAN_GO_BACK, DEFAULT_OPTIONS, isFailed, type RolloutSnapshot, selects, waitingDevices } from "@flotilla/domain";
import type { Actor, ServiceContext } from "../context.ts";
import { resolveNames } from "../views/resolve-names.ts";
import { Params } from "../devices/device-sql.ts";
import { factsSql, scopeOf, selectorSql } from "./facts-sql.ts";
import { type LoadedRollout, loadRollout } from "./load-rollout.ts";
import { readCauses, readReplaced } from "./read-causes.ts";
import { limitActions, readPeople } from "./read-people.ts";
import { toDecision } from "./to-decision.ts";

const DECISIONS_SHOWN = 200;

/** What a rollout's page shows of it, but not its devices (`listRolloutDevices`, `readRolloutDots`): constant in size. Throws NOT_FOUND. */
export async function getRollout(ctx: ServiceContext, actor: Actor, id: string): Promise<RolloutView> {
  const { organisationId } = actor;
  const options = { organisationId, lock: false, devices: "all", clock: ctx.clock } as const;
  const loaded = await ctx.db.rawTransaction((tx) => loadRollout(tx, id, options));
  const { row, snapshot } = loaded;
  const release = await ctx.db.prisma.release.findUniqueOrThrow({ where: { id: row.releaseId } });
  const [causes, replaces, decisions, group, nameOf, withoutDownload, people] = await Promise.all([
    readCauses(ctx, id),
    readReplaced(ctx, id),
    ctx.db.prisma.decision.findMany({
      where: { rolloutId: id, organisationId },
      orderBy: [{ at: "desc" }, { id: "desc" }],
      take: DECISIONS_SHOWN,
    }),
    ctx.db.prisma.group.findFirst({ where: { id: row.groupId, organisationId }, select: { id: true, name: true } }),
    resolveNames(ctx.db, [row.createdBy]),
    countWithoutDownload(ctx, loaded),
    readPeople(ctx, actor, id),
  ]);
  return {
    id: row.id,
    name: row.name,
    state: snapshot.state,
    release: { id: release.id, name: release.name, modelId: release.modelId, modelVersionId: release.modelVersionId },
    replaces,
    group: group ?? { id: row.groupId, name: "–" },
    stages: snapshot.stages.map((stage) => toStage(stage, snapshot)),
    gates: snapshot.gates,
    options: snapshot.options ?? DEFAULT_OPTIONS,
    waiting: waitingDevices(snapshot, loaded.now),
    readings: [...snapshot.readings],
    counts: countDevices(snapshot),
    causes,
    decisions: decisions.map(
      (decision): DecisionView => ({
        ...toDecision(decision),
        id: decision.id,
        at: decision.at,
        actor: decision.actor,
        deviceId: decision.deviceId,
      }),
    ),
    why: snapshot.why,
    createdAt: row.createdAt,
    createdBy: nameOf(row.createdBy),
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    ...people.view,
    can: { ...limitActions(allowedActions(snapshot), people.view.invalidated), ...people.can },
    revertReach: {
      deviceCount: snapshot.cohorts.reduce((sum, cohort) => (selects(CAN_GO_BACK, cohort) ? sum + cohort.count : sum), 0),
      withoutDownload,
    },
  };
}

/** Of the devices that a revert reaches those that have what they had before in one of their slots. */
async function countWithoutDownload(ctx: ServiceContext, { row, snapshot, now }: LoadedRollout): Promise<number> {
  const params = new Params();
  const scope = scopeOf(row, snapshot, now);
  const [count] = await ctx.db.query<{ count: number }>(
    `SELECT count(*)::int AS "count" FROM (${factsSql(scope, params)}) f
     WHERE ${selectorSql(CAN_GO_BACK, params)} AND f."previousReleaseId" IN (f."runningReleaseId", f."standbyReleaseId")`,
    params.values,
  );
  return count?.count ?? 0;
}

function toStage(stage: RolloutSnapshot["stages"][number], { counts }: RolloutSnapshot): StageView {
  const sum = (holds: (state: RolloutDeviceState) => boolean) =>
    counts.reduce((total, { stageIndex, state, count }) => (stageIndex === stage.index && holds(state) ? total + count : total), 0);
  return {
    ...stage,
    deviceCount: sum(() => true),
    succeeded: sum((state) => state === "SUCCEEDED" || state === "ALREADY_CURRENT"),
    failed: sum((state) => isFailed(state) || state === "REFUSED"),
  };
}

/** The cohorts, of which the page tells fewer apart than the planner. */
function countDevices({ cohorts }: RolloutSnapshot): RolloutCount[] {
  const counts = new Map<string, RolloutCount>();
  for (const { stageIndex, state, online, count } of cohorts) {
    const key = `${stageIndex} ${state} ${online}`;
    counts.set(key, { stageIndex, state, online, deviceCount: (counts.get(key)?.deviceCount ?? 0) + count });
  }
  return [...counts.values()];
}

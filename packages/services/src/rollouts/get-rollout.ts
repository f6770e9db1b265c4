import type { ErrorCode, ProbeResult, RolloutDeviceState } from "@flotilla/contracts";
import type { DecisionView, RolloutDeviceView, RolloutView, StageView } from "@flotilla/contracts/views";
import { allowedActions, CAN_GO_BACK, DEFAULT_OPTIONS, isFailed, type RolloutSnapshot, selects, waitingDevices } from "@flotilla/domain";
import type { Actor, ServiceContext } from "../context.ts";
import { resolveNames } from "../views/resolve-names.ts";
import { Params } from "../devices/device-sql.ts";
import { factsSql, scopeOf, selectorSql } from "./facts-sql.ts";
import { type LoadedRollout, loadRollout } from "./load-rollout.ts";
import { limitActions, readPeople } from "./read-people.ts";
import { toDecision } from "./to-decision.ts";

const DECISIONS_SHOWN = 200;

interface DeviceRow {
  deviceId: string;
  name: string;
  stageIndex: number;
  state: RolloutDeviceState;
  progress: number | null;
  online: boolean;
  reasonCode: ErrorCode | null;
  reasonMessage: string | null;
  probe: ProbeResult | null;
  bytesFetched: number;
  updatedAt: Date;
  previousReleaseId: string | null;
  previousReleaseName: string | null;
}

// Bytes of this release's files that were sent since the device was told about it.
const DEVICES_SQL = `
SELECT rd."deviceId"::text, d."name", rd."stageIndex", rd."state", rd."progress", COALESCE(s."online", false) AND d."state" = 'ACTIVE' AS "online",
  rd."reasonCode", rd."reasonMessage", rd."probe", rd."updatedAt", rd."previousReleaseId"::text, p."name" AS "previousReleaseName",
  COALESCE((SELECT sum(f."bytes") FROM "artifact_fetch" f
    WHERE f."deviceId" = rd."deviceId" AND f."sha256" = ANY($2::text[]) AND f."lastAt" >= rd."assignedAt"), 0)::float8 AS "bytesFetched"
FROM "rollout_device" rd
JOIN "device" d ON d."id" = rd."deviceId"
LEFT JOIN "device_status" s ON s."deviceId" = rd."deviceId"
LEFT JOIN "release" p ON p."id" = rd."previousReleaseId"
WHERE rd."rolloutId" = $1::uuid
ORDER BY rd."stageIndex", d."name", rd."deviceId"`;

/** Everything that a rollout's page shows. Throws NOT_FOUND. */
export async function getRollout(ctx: ServiceContext, actor: Actor, id: string): Promise<RolloutView> {
  const { organisationId } = actor;
  const options = { organisationId, lock: false, devices: "all", clock: ctx.clock } as const;
  const loaded = await ctx.db.rawTransaction((tx) => loadRollout(tx, id, options));
  const { row, snapshot } = loaded;
  const release = await ctx.db.prisma.release.findUniqueOrThrow({ where: { id: row.releaseId } });
  const [devices, decisions, group, nameOf, withoutDownload, people] = await Promise.all([
    ctx.db.query<DeviceRow>(DEVICES_SQL, [id, filesOf(release.manifest)]),
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
    replaces: replacedBy(devices),
    group: group ?? { id: row.groupId, name: "–" },
    stages: snapshot.stages.map((stage) => toStage(stage, snapshot)),
    gates: snapshot.gates,
    options: snapshot.options ?? DEFAULT_OPTIONS,
    waiting: waitingDevices(snapshot, loaded.now),
    readings: [...snapshot.readings],
    devices: devices.map(toDevice),
    causes: causesOf(devices),
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

function filesOf(manifest: unknown): string[] {
  const files = JSON.stringify(manifest ?? {}).matchAll(/"sha256":"([0-9a-f]{64})"/g);
  return [...new Set([...files].map(([, sha256]) => sha256 ?? ""))];
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

function toDevice(row: DeviceRow): RolloutDeviceView {
  const { deviceId, name, stageIndex, state, progress, online, probe, bytesFetched, updatedAt } = row;
  return { deviceId, name, stageIndex, state, progress, online, reason: reasonOf(row), probe, bytesFetched, updatedAt };
}

function reasonOf(row: DeviceRow): RolloutDeviceView["reason"] {
  return row.reasonCode === null ? null : { code: row.reasonCode, message: row.reasonMessage ?? "" };
}

function replacedBy(devices: readonly DeviceRow[]): RolloutView["replaces"] {
  const counts = new Map<string, { releaseId: string; releaseName: string; deviceCount: number }>();
  for (const { previousReleaseId, previousReleaseName } of devices) {
    if (previousReleaseId === null) continue;
    const known = counts.get(previousReleaseId) ?? {
      releaseId: previousReleaseId,
      releaseName: previousReleaseName ?? "–",
      deviceCount: 0,
    };
    counts.set(previousReleaseId, { ...known, deviceCount: known.deviceCount + 1 });
  }
  return [...counts.values()].toSorted((left, right) => right.deviceCount - left.deviceCount);
}

/** Failures by code, most first; the first device's sentence speaks for all of them. */
function causesOf(devices: readonly DeviceRow[]): RolloutView["causes"] {
  const causes = new Map<string, { code: string; message: string; deviceNames: string[] }>();
  for (const device of devices) {
    if (!isFailed(device.state) && device.state !== "REFUSED") continue;
    const code = device.reasonCode ?? "TIMED_OUT";
    const known = causes.get(code) ?? { code, message: device.reasonMessage ?? "", deviceNames: [] };
    causes.set(code, { ...known, deviceNames: [...known.deviceNames, device.name] });
  }
  return [...causes.values()].toSorted((left, right) => right.deviceNames.length - left.deviceNames.length);
}

import {
  type Decision,
  type DeviceProfile,
  type GateReading,
  type ProbeResult,
  type Reason,
  type RolloutGates,
  type StageSpec,
} from "@flotilla/contracts";
import type { RolloutDeviceState, RolloutState, StageState } from "@flotilla/contracts";
import type { Decision as DecisionRow, Release, Rollout, Tx } from "@flotilla/db";
import { chooseVariant, type RolloutDeviceSnapshot, type RolloutSnapshot } from "@flotilla/domain";
import { offersOf } from "../releases/read-offers.ts";
import { notFound } from "../views/not-found.ts";

export interface LoadedRollout {
  row: Rollout;
  release: Release;
  snapshot: RolloutSnapshot;
}

interface DeviceRow {
  deviceId: string;
  name: string;
  stageIndex: number;
  state: RolloutDeviceState;
  deviceState: string;
  online: boolean | null;
  seq: number | null;
  assignedAt: Date | null;
  updatedAt: Date;
  settled: boolean;
  reasonCode: Reason["code"] | null;
  reasonMessage: string | null;
  probe: ProbeResult | null;
  variantId: string | null;
  targetSha256: string | null;
  previousReleaseId: string | null;
  previousSha256: string | null;
  runningReleaseId: string | null;
  runningVariantSha256: string | null;
  assignedSeq: number | null;
  assignedReleaseId: string | null;
  assignedVariantId: string | null;
  profile: DeviceProfile | null;
}

// The profile is large and only needed where no variant was chosen.
const DEVICES_SQL = `
SELECT rd."deviceId"::text, d."name", rd."stageIndex", rd."state", d."state" AS "deviceState", s."online", rd."seq", rd."assignedAt", rd."updatedAt",
  rd."settled", rd."reasonCode", rd."reasonMessage", rd."probe", rd."variantId"::text, v."sha256" AS "targetSha256",
  rd."previousReleaseId"::text, pv."sha256" AS "previousSha256", s."runningReleaseId"::text, s."runningVariantSha256",
  a."seq" AS "assignedSeq", a."releaseId"::text AS "assignedReleaseId", a."variantId"::text AS "assignedVariantId",
  CASE WHEN rd."variantId" IS NULL THEN d."profile" END AS "profile"
FROM "rollout_device" rd
JOIN "device" d ON d."id" = rd."deviceId"
LEFT JOIN "device_status" s ON s."deviceId" = rd."deviceId"
LEFT JOIN "assignment" a ON a."deviceId" = rd."deviceId"
LEFT JOIN "variant" v ON v."id" = rd."variantId"
LEFT JOIN "variant" pv ON pv."id" = rd."previousVariantId"
WHERE rd."rolloutId" = $1::uuid
ORDER BY rd."stageIndex", rd."deviceId"`;

/**
 * A rollout as domain decides over it, locked until the transaction ends where `lock`: a second caller waits and then sees what the
 * first one wrote. NO KEY UPDATE, so that ingest may still add rows that point to it.
 * @throws FlotillaError NOT_FOUND, also for another organisation's
 */
export async function loadRollout(tx: Tx, id: string, options: { organisationId: string | null; lock: boolean }): Promise<LoadedRollout> {
  const { organisationId } = options;
  if (options.lock) {
    await tx.$queryRawUnsafe(
      `SELECT 1 FROM "rollout" WHERE "id" = $1::uuid AND "organisationId" = COALESCE($2, "organisationId") FOR NO KEY UPDATE`,
      id,
      organisationId,
    );
  }
  const row = await tx.rollout.findFirst({ where: { id, ...(organisationId === null ? {} : { organisationId }) } });
  if (row === null) throw notFound("rollout");
  const release = await tx.release.findUniqueOrThrow({ where: { id: row.releaseId } });
  const stages = await tx.rolloutStage.findMany({ where: { rolloutId: id }, orderBy: { index: "asc" } });
  const why = row.whyDecisionId === null ? null : await tx.decision.findUnique({ where: { id: row.whyDecisionId } });
  const devices = await tx.$queryRawUnsafe<DeviceRow[]>(DEVICES_SQL, id);
  const refusals = options.lock ? await chooseMissing(tx, id, release, devices) : new Map<string, Reason>();
  const snapshot: RolloutSnapshot = {
    state: row.state as RolloutState,
    gates: row.gates as unknown as RolloutGates,
    stages: stages.map(({ index, spec, state, startedAt, soakUntil, deadlineAt, finishedAt }) => ({
      index,
      spec: spec as unknown as StageSpec,
      state: state as StageState,
      startedAt,
      soakUntil,
      deadlineAt,
      finishedAt,
    })),
    devices: devices.map((device) => toSnapshot(device, row.releaseId, refusals.get(device.deviceId) ?? null)),
    readings: row.readings as unknown as GateReading[],
    why: why === null ? null : toDecision(why),
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
  return { row, release, snapshot };
}

/**
 * A queued device for which no variant was chosen is asked again: its agent may have been updated since. What fits now is written to
 * its row, so that it can be assigned; for the others the answer says why not.
 */
async function chooseMissing(tx: Tx, rolloutId: string, release: Release, devices: readonly DeviceRow[]): Promise<Map<string, Reason>> {
  const refusals = new Map<string, Reason>();
  const missing = devices.filter(({ variantId, state }) => variantId === null && state === "QUEUED");
  if (missing.length === 0) return refusals;
  const offers = await offersOf(tx, release);
  for (const device of missing) {
    if (device.profile === null) continue;
    const choice = chooseVariant(offers, device.profile);
    if ("refusal" in choice) {
      refusals.set(device.deviceId, choice.refusal);
      continue;
    }
    const { deviceId } = device;
    await tx.rolloutDevice.update({ where: { rolloutId_deviceId: { rolloutId, deviceId } }, data: { variantId: choice.variant.id } });
    device.variantId = choice.variant.id;
  }
  return refusals;
}

export function toDecision({ kind, message, params }: DecisionRow): Decision {
  return { kind, message, params: params as Decision["params"] };
}

function toSnapshot(row: DeviceRow, releaseId: string, refusal: Reason | null): RolloutDeviceSnapshot {
  const runsTarget = row.runningReleaseId === releaseId && row.targetSha256 !== null && row.runningVariantSha256 === row.targetSha256;
  const assignedTarget = row.assignedSeq === null || (row.assignedReleaseId === releaseId && row.assignedVariantId === row.variantId);
  return {
    deviceId: row.deviceId,
    name: row.name,
    stageIndex: row.stageIndex,
    state: row.state,
    online: row.online === true && row.deviceState === "ACTIVE",
    revoked: row.deviceState === "REVOKED",
    seq: row.seq,
    assignedAt: row.assignedAt,
    updatedAt: row.updatedAt,
    settled: row.settled,
    reason: row.reasonCode === null ? null : { code: row.reasonCode, message: row.reasonMessage ?? "" },
    probe: row.probe,
    alreadyCurrent: runsTarget && assignedTarget,
    hasPrevious: row.previousReleaseId !== null && row.previousSha256 !== null,
    runsPrevious:
      row.previousReleaseId !== null && row.runningReleaseId === row.previousReleaseId && row.runningVariantSha256 === row.previousSha256,
    superseded: row.seq !== null && row.assignedSeq !== row.seq,
    refusal,
  };
}

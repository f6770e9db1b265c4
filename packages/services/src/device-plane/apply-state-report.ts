import type { StateReport } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { recordDeviceProgress } from "../rollouts/record-device-progress.ts";
import { admitReport, type ReportCursor } from "./admit-report.ts";
import { eventIdOf } from "./event-id.ts";
import { plausibleInstant } from "./plausible-instant.ts";

interface StatusRow extends ReportCursor {
  organisationId: string;
  phase: string | null;
  seq: number;
  reasonCode: string | null;
}

/**
 * Applies one state report at most once: the device's status, its history where the phase changed, and its place in its rollout, in
 * one transaction. False where the report is a repetition, late, or from a device that is not active.
 */
export async function applyStateReport(ctx: ServiceContext, deviceId: string, report: StateReport): Promise<boolean> {
  const now = ctx.clock();
  return await ctx.db.transaction(async (tx) => {
    const status = await lockStatus(tx, deviceId);
    const cursor = status === null ? null : admitReport(status, report);
    if (status === null || cursor === null) return false;
    const { organisationId } = status;
    const changed = status.phase !== report.phase || status.seq !== report.seq || status.reasonCode !== (report.reason?.code ?? null);
    await writeStatus(tx, deviceId, report, cursor, now, changed);
    if (changed) await writeEvent(tx, { deviceId, organisationId }, report, now);
    await recordDeviceProgress(tx, { deviceId, organisationId, report, now });
    await notifyLive(tx, { organisationId, topic: "device", id: deviceId });
    return true;
  });
}

/** Locks the device's row, so that reports which arrive by two ways are applied one after the other. */
async function lockStatus(tx: Tx, deviceId: string): Promise<StatusRow | null> {
  const [row] = await tx.$queryRawUnsafe<StatusRow[]>(
    `SELECT s."organisationId", s."bootId", s."lastN", s."earlierBootIds", s.phase, s.seq, s."reasonCode"
       FROM device_status s JOIN device d ON d.id = s."deviceId"
      WHERE s."deviceId" = $1::uuid AND d.state = 'ACTIVE' FOR UPDATE OF s`,
    deviceId,
  );
  return row ?? null;
}

async function writeStatus(tx: Tx, deviceId: string, report: StateReport, cursor: ReportCursor, now: Date, changed: boolean): Promise<void> {
  const { running, standby, reason, probe } = report;
  await tx.deviceStatus.update({
    where: { deviceId },
    data: {
      bootId: cursor.bootId,
      lastN: cursor.lastN,
      earlierBootIds: [...cursor.earlierBootIds],
      lastSeenAt: now,
      phase: report.phase,
      ...(changed ? { phaseAt: plausibleInstant(report.at, now) } : {}),
      seq: report.seq,
      progress: report.progress ?? null,
      reasonCode: reason?.code ?? null,
      reasonMessage: reason?.message ?? null,
      runningReleaseId: running?.releaseId ?? null,
      runningVariantSha256: running?.variantSha256 ?? null,
      standbyReleaseId: standby?.releaseId ?? null,
      standbyVariantSha256: standby?.variantSha256 ?? null,
      // The last probe stays until the next one.
      ...(probe === undefined ? {} : { probe }),
    },
  });
}

async function writeEvent(tx: Tx, device: { deviceId: string; organisationId: string }, report: StateReport, now: Date): Promise<void> {
  const event = {
    id: eventIdOf("state", device.deviceId, report.bootId, report.n),
    ...device,
    at: plausibleInstant(report.at, now),
    kind: "state",
    phase: report.phase,
    seq: report.seq,
    releaseId: report.releaseId,
    reasonCode: report.reason?.code ?? null,
    reasonMessage: report.reason?.message ?? null,
  };
  await tx.deviceEvent.createMany({ data: [event], skipDuplicates: true });
}

import type { Reason, RolloutDeviceState, StateReport } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import { applyAgentReport, decideDeviceFailed, isFailed, staysSettled } from "@flotilla/domain";
import { toJson } from "../to-json.ts";

export interface DeviceProgress {
  deviceId: string;
  report: StateReport;
}

interface Row {
  rolloutId: string;
  deviceId: string;
  organisationId: string;
  name: string;
  state: RolloutDeviceState;
  seq: number;
  releaseId: string;
  variantSha256: string;
  goingBack: boolean;
}

// A rollout's row follows only reports about its own, still valid assignment. NO KEY UPDATE order by device: no two batches can wait for each other.
const ROWS_SQL = `
SELECT rd."rolloutId"::text, rd."deviceId"::text, rd."organisationId", d."name", rd."state", rd."seq", a."releaseId"::text, v."sha256" AS "variantSha256",
  NOT (a."releaseId" = r."releaseId" AND a."variantId" = rd."variantId") AS "goingBack"
FROM "assignment" a
JOIN "rollout_device" rd ON rd."rolloutId" = a."rolloutId" AND rd."deviceId" = a."deviceId" AND rd."seq" = a."seq"
JOIN "rollout" r ON r."id" = rd."rolloutId"
JOIN "variant" v ON v."id" = a."variantId"
JOIN "device" d ON d."id" = a."deviceId"
WHERE a."deviceId" = ANY($1::uuid[])
ORDER BY a."deviceId" FOR NO KEY UPDATE OF rd`;

/**
 * Carries agents' state reports, oldest first, into the rollouts that assigned what they speak about; also into one that has ended:
 * a device that was away for all of it keeps its assignment, and its row becomes what it then proves, while the rollout stays as it
 * ended. Call it in the transaction that
 * stores the reports; the controller hears the notification and decides what follows.
 */
export async function recordDeviceProgress(tx: Tx, items: readonly DeviceProgress[], now: Date): Promise<void> {
  if (items.length === 0) return;
  const rows = await tx.$queryRawUnsafe<Row[]>(ROWS_SQL, [...new Set(items.map(({ deviceId }) => deviceId))]);
  const rowOf = new Map(rows.map((row) => [row.deviceId, row]));
  const rollouts = new Map<string, string>();
  for (const { deviceId, report } of items) {
    const row = rowOf.get(deviceId);
    if (row === undefined || report.seq !== row.seq) continue;
    const state = applyAgentReport(row, {
      phase: report.phase,
      seq: report.seq,
      proves: whatItProves(row, report),
      reason: report.reason ?? null,
    });
    await writeRow(tx, row, state, report, now);
    row.state = state;
    rollouts.set(row.rolloutId, row.organisationId);
  }
  for (const [id, organisationId] of rollouts) await notifyLive(tx, { organisationId, topic: "rollout", id });
}

function whatItProves(row: Row, { running }: StateReport): "target" | "wrong-digest" | "something-else" {
  if (running?.releaseId !== row.releaseId) return "something-else";
  return running.variantSha256 === row.variantSha256 ? "target" : "wrong-digest";
}

async function writeRow(tx: Tx, row: Row, state: RolloutDeviceState, report: StateReport, now: Date): Promise<void> {
  const changed = state !== row.state;
  const wrongDigest = changed && state === "FAILED" && report.phase === "ACTIVE";
  const reason: Reason | null = wrongDigest
    ? {
        code: "DIGEST_MISMATCH",
        message: `The device runs ${report.running?.variantSha256.slice(0, 12)}, not the assigned ${row.variantSha256.slice(0, 12)}. Retry it.`,
      }
    : (report.reason ?? null);
  const forgetsReason = changed && (state === "SUCCEEDED" || state === "REVERTED");
  await tx.rolloutDevice.update({
    where: { rolloutId_deviceId: { rolloutId: row.rolloutId, deviceId: row.deviceId } },
    data: {
      state,
      progress: state === "DOWNLOADING" ? (report.progress ?? 0) : null,
      ...(report.probe === undefined ? {} : { probe: toJson(report.probe) }),
      ...(reason === null ? {} : { reasonCode: reason.code, reasonMessage: reason.message }),
      ...(forgetsReason ? { reasonCode: null, reasonMessage: null } : {}),
      ...(changed ? { updatedAt: now } : {}),
      ...(changed && !staysSettled(true, state) ? { settled: false } : {}),
    },
  });
  if (!changed || (!isFailed(state) && state !== "REFUSED")) return;
  const decision = decideDeviceFailed({ deviceId: row.deviceId, name: row.name, state, reason });
  await tx.decision.create({
    data: {
      organisationId: row.organisationId,
      rolloutId: row.rolloutId,
      at: now,
      actor: row.name,
      kind: decision.kind,
      message: decision.message,
      params: toJson(decision.params),
      deviceId: row.deviceId,
    },
  });
}

import { notifyLive, type RawTx } from "@flotilla/db";
import { DEFAULT_OPTIONS, WITHDRAWABLE_STATES } from "@flotilla/domain";
import { withdrawDevices } from "./write-assignments.ts";

interface PendingRow {
  rolloutId: string;
  releaseId: string;
  state: string;
}

// Also a device that a revert sends back to this release.
const PENDING_SQL = `
SELECT rd."rolloutId"::text, r."releaseId"::text, r."state"
FROM "assignment" a
JOIN "rollout_device" rd ON rd."rolloutId" = a."rolloutId" AND rd."deviceId" = a."deviceId" AND rd."seq" = a."seq"
JOIN "rollout" r ON r."id" = rd."rolloutId"
WHERE a."releaseId" = $1::uuid AND a."organisationId" = $2 AND rd."state" = ANY($3::text[])
ORDER BY rd."deviceId", rd."rolloutId" FOR NO KEY UPDATE OF rd`;

/**
 * Takes a release's assignment back from every device that was told about it and has not begun, whichever rollout told it: one that was away
 * when its rollout completed would still take it when it returns.
 */
export async function withdrawPending(tx: RawTx, organisationId: string, releaseId: string, now: Date): Promise<void> {
  const rows = await tx.$queryRawUnsafe<PendingRow[]>(PENDING_SQL, releaseId, organisationId, WITHDRAWABLE_STATES);
  for (const [rolloutId, pending] of Map.groupBy(rows, (row) => row.rolloutId)) {
    const [first] = pending;
    if (first === undefined) continue;
    // Nothing that depends on the hour is asked.
    const scope = { rolloutId, organisationId, releaseId: first.releaseId, now, deadlineSeconds: [], options: DEFAULT_OPTIONS, seen: "" };
    const who = { state: WITHDRAWABLE_STATES };
    await withdrawDevices(tx, scope, { kind: "withdraw", who, to: first.state === "HALTED" ? "QUEUED" : "CANCELLED" }, releaseId);
    await notifyLive(tx, { organisationId, topic: "rollout", id: rolloutId });
  }
}

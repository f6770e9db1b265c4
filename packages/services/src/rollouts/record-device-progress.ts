import { randomUUID } from "node:crypto";
import type { LiveEvent, StateReport } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { columnsOf } from "../columns-of.ts";
import { type Followed, followReport } from "./follow-report.ts";
import { lockProgressRows, type ProgressRow, writeProgressRows } from "./progress-rows.ts";

export interface DeviceProgress {
  deviceId: string;
  report: StateReport;
}

/**
 * Carries agents' state reports, oldest first, into the rollouts that assigned what they speak about; also into one that has ended:
 * a device that was away for all of it keeps its assignment, and its row becomes what it then proves, while the rollout stays as it
 * ended. Call it in the transaction that stores the reports.
 * @returns what to announce there: the controller hears it and decides what follows
 */
export async function recordDeviceProgress(tx: RawTx, items: readonly DeviceProgress[], now: Date): Promise<LiveEvent[]> {
  const before = await lockProgressRows(
    tx,
    items.map(({ deviceId }) => deviceId),
  );
  const rows = new Map(before);
  const rollouts = new Map<string, string>();
  const decisions: Failure[] = [];
  for (const { deviceId, report } of items) {
    const row = rows.get(deviceId);
    if (row === undefined || report.seq !== row.seq) continue;
    const followed = followReport(row, report, now);
    rows.set(deviceId, followed.row);
    rollouts.set(row.rolloutId, row.organisationId);
    if (followed.decision !== null) decisions.push({ row, decision: followed.decision });
  }
  await writeProgressRows(
    tx,
    [...rows.values()].filter((row) => row !== before.get(row.deviceId)),
  );
  await insertDecisions(tx, decisions, now);
  return [...rollouts].map(([id, organisationId]) => ({ organisationId, topic: "rollout", id }));
}

interface Failure {
  row: ProgressRow;
  decision: NonNullable<Followed["decision"]>;
}

const INSERT = `
INSERT INTO "decision" ("id", "organisationId", "rolloutId", "at", "actor", "kind", "message", "params", "deviceId")
SELECT m.id, m."organisationId", m."rolloutId", $1, m.actor, m.kind, m.message, m.params::jsonb, m."deviceId"
FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[])
  AS m(id, "organisationId", "rolloutId", actor, kind, message, params, "deviceId")`;

async function insertDecisions(tx: RawTx, failures: readonly Failure[], now: Date): Promise<void> {
  if (failures.length === 0) return;
  const rows = failures.map(({ row, decision }) => ({
    id: randomUUID(),
    organisationId: row.organisationId,
    rolloutId: row.rolloutId,
    actor: row.name,
    kind: decision.kind,
    message: decision.message,
    params: JSON.stringify(decision.params),
    deviceId: row.deviceId,
  }));
  const keys = ["id", "organisationId", "rolloutId", "actor", "kind", "message", "params", "deviceId"] as const;
  await tx.$executeRawUnsafe(INSERT, now, ...columnsOf(rows, keys));
}

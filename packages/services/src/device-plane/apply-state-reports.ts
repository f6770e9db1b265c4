import type { StateReport } from "@flotilla/contracts";
import { notifyLive, type Tx } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { recordDeviceProgress } from "../rollouts/record-device-progress.ts";
import { admitReport } from "./admit-report.ts";
import { eventIdOf } from "./event-id.ts";
import { plausibleInstant } from "./plausible-instant.ts";
import { lockStatuses, type StatusRow, withReport, writeStatuses } from "./status-rows.ts";

export interface DeviceStateReport {
  deviceId: string;
  report: StateReport;
}

/** More devices than this in one batch are announced as "devices changed". */
const NAMED_DEVICES = 50;

/**
 * Applies state reports of any devices, each device's oldest first and each report at most once: status, history where the phase
 * changed, and the device's place in its rollout, in one transaction. Returns how many were new; a repetition, a late report, or one from a
 * device that is not active changes nothing.
 */
export async function applyStateReports(ctx: ServiceContext, items: readonly DeviceStateReport[]): Promise<number> {
  if (items.length === 0) return 0;
  const now = ctx.clock();
  return await ctx.db.transaction(async (tx) => {
    const rows = await lockStatuses(
      tx,
      items.map(({ deviceId }) => deviceId),
    );
    const applied = admitAll(rows, items, now);
    if (applied.length === 0) return 0;
    const touched = new Set(applied.map(({ deviceId }) => deviceId));
    const written = [...rows.values()].filter(({ deviceId }) => touched.has(deviceId));
    await writeStatuses(tx, written, now);
    await tx.deviceEvent.createMany({ data: applied.flatMap(({ event }) => event ?? []), skipDuplicates: true });
    await recordDeviceProgress(tx, applied, now);
    await announce(tx, written);
    return applied.length;
  });
}

type EventRow = ReturnType<typeof toEvent>;

/** Moves `rows` on and returns what was new, with the event of each change of phase. */
function admitAll(
  rows: Map<string, StatusRow>,
  items: readonly DeviceStateReport[],
  now: Date,
): (DeviceStateReport & { event: EventRow | null })[] {
  return items.flatMap(({ deviceId, report }) => {
    const row = rows.get(deviceId);
    const cursor = row === undefined ? null : admitReport(row, report);
    if (row === undefined || cursor === null) return [];
    const changed = row.phase !== report.phase || row.seq !== report.seq || row.reasonCode !== (report.reason?.code ?? null);
    const at = after(row.phaseAt, plausibleInstant(report.at, now));
    rows.set(deviceId, withReport(row, cursor, report, changed ? at : (row.phaseAt ?? at)));
    return [{ deviceId, report, event: changed ? toEvent(row, report, at) : null }];
  });
}

/** Phases that passed within one millisecond keep their order in the history. */
function after(earlier: Date | null, at: Date): Date {
  return earlier === null || at > earlier ? at : new Date(earlier.getTime() + 1);
}

function toEvent({ deviceId, organisationId }: StatusRow, report: StateReport, at: Date) {
  return {
    id: eventIdOf("state", deviceId, report.bootId, report.n),
    deviceId,
    organisationId,
    at,
    kind: "state",
    phase: report.phase,
    seq: report.seq,
    releaseId: report.releaseId,
    reasonCode: report.reason?.code ?? null,
    reasonMessage: report.reason?.message ?? null,
  };
}

async function announce(tx: Tx, rows: readonly StatusRow[]): Promise<void> {
  if (rows.length <= NAMED_DEVICES) {
    for (const { organisationId, deviceId } of rows) await notifyLive(tx, { organisationId, topic: "device", id: deviceId });
    return;
  }
  for (const organisationId of new Set(rows.map((row) => row.organisationId))) await notifyLive(tx, { organisationId, topic: "device" });
}

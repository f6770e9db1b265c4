import type { StateReport } from "@flotilla/contracts";
import { admitReport } from "./admit-report.ts";
import type { OfKind } from "./device-report.ts";
import { eventIdOf } from "./event-id.ts";
import type { EventRow } from "./event-rows.ts";
import { plausibleInstant } from "./plausible-instant.ts";
import { type StatusRow, withReport } from "./status-rows.ts";

export interface Admitted {
  /** What was new, in the order in which it came. */
  reports: OfKind<"state">[];
  /** The rows of their devices afterwards. */
  rows: StatusRow[];
  /** The history that follows: one line where the phase, the assignment or the reason changed. */
  events: EventRow[];
}

/** Which of the reports are new to devices whose rows are `before`, oldest first, and what they make of the rows. Of a device without a row none is. */
export function admitStateReports(before: ReadonlyMap<string, StatusRow>, items: readonly OfKind<"state">[], now: Date): Admitted {
  const rows = new Map<string, StatusRow>();
  const reports: OfKind<"state">[] = [];
  const events: EventRow[] = [];
  for (const item of items) {
    const { deviceId, report } = item;
    const row = rows.get(deviceId) ?? before.get(deviceId);
    const cursor = row === undefined ? null : admitReport(row, report);
    if (row === undefined || cursor === null) continue;
    const changed = row.phase !== report.phase || row.seq !== report.seq || row.reasonCode !== (report.reason?.code ?? null);
    const at = after(row.phaseAt, plausibleInstant(report.at, now));
    rows.set(deviceId, withReport(row, cursor, report, changed ? at : (row.phaseAt ?? at)));
    reports.push(item);
    if (changed) events.push(toEvent(row, report, at));
  }
  return { reports, rows: [...rows.values()], events };
}

/** Phases that passed within one millisecond keep their order in the history. */
function after(earlier: Date | null, at: Date): Date {
  return earlier === null || at > earlier ? at : new Date(earlier.getTime() + 1);
}

function toEvent({ deviceId, organisationId }: StatusRow, report: StateReport, at: Date): EventRow {
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

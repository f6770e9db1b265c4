import type { Reason, RolloutDeviceState, StateReport } from "@flotilla/contracts";
import { applyAgentReport, staysSettled } from "@flotilla/domain";
import type { admitReport } from "@flotilla/services/admit-report";
import type { AssignmentRow, RolloutDeviceRow, Store } from "./store.ts";

type Proof = Parameters<typeof applyAgentReport>[1]["proves"];

/** The rules of services' apply-state-reports.ts and record-device-progress.ts. A simulation may replace one with a planted bug. */
export interface ReportRules {
  admit: typeof admitReport;
  onApplied: (deviceId: string, report: StateReport) => void;
}

function whatItProves({ release }: AssignmentRow, { running }: StateReport): Proof {
  if (running?.releaseId !== release.id) return "something-else";
  return running.variantSha256 === release.sha256 ? "target" : "wrong-digest";
}

/** Applies one device's reports, oldest first, each at most once. @returns the rollouts that heard of it */
export function applyStateReports(
  store: Store,
  rules: ReportRules,
  deviceId: string,
  reports: readonly StateReport[],
  now: Date,
): string[] {
  const device = store.device(deviceId);
  if (device.revoked) return [];
  const heard = new Set<string>();
  for (const report of reports) {
    const cursor = rules.admit(device, report);
    if (cursor === null) continue;
    rules.onApplied(deviceId, report);
    Object.assign(device, cursor, { phase: report.phase, seq: report.seq, running: report.running });
    const rolloutId = recordProgress(store, deviceId, report, now);
    if (rolloutId !== null) heard.add(rolloutId);
  }
  return [...heard];
}

/** Moves the device's place in the rollout whose assignment the report speaks about. */
function recordProgress(store: Store, deviceId: string, report: StateReport, now: Date): string | null {
  const assignment = store.assignments.get(deviceId);
  if (assignment === undefined || assignment.rolloutId === null || assignment.seq !== report.seq) return null;
  const rollout = store.rollouts.get(assignment.rolloutId);
  const row = rollout?.devices.find((candidate) => candidate.deviceId === deviceId);
  if (rollout === undefined || row === undefined || row.seq !== assignment.seq) return null;
  const state = applyAgentReport(
    { state: row.state, seq: row.seq, goingBack: assignment.release !== rollout.release },
    { phase: report.phase, seq: report.seq, proves: whatItProves(assignment, report), reason: report.reason ?? null },
  );
  writeRow(row, state, report, now);
  return rollout.id;
}

function writeRow(row: RolloutDeviceRow, state: RolloutDeviceState, report: StateReport, now: Date): void {
  const changed = state !== row.state;
  const wrongDigest: Reason | null =
    changed && state === "FAILED" && report.phase === "ACTIVE"
      ? { code: "DIGEST_MISMATCH", message: "The device runs another digest." }
      : null;
  row.reason = changed && (state === "SUCCEEDED" || state === "REVERTED") ? null : (wrongDigest ?? report.reason ?? row.reason);
  row.probe = report.probe ?? row.probe;
  if (!changed) return;
  row.state = state;
  row.updatedAt = now;
  row.settled = staysSettled(row.settled, state);
}

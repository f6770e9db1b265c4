import type { Reason, RolloutDeviceState, StateReport } from "@flotilla/contracts";
import { applyAgentReport, decideDeviceFailed, isFailed, staysSettled } from "@flotilla/domain";
import type { ProgressRow } from "./progress-rows.ts";

export interface Followed {
  row: ProgressRow;
  /** Written where the device failed or refused. */
  decision: ReturnType<typeof decideDeviceFailed> | null;
}

/** What a state report about its own assignment makes of a device's row. The same row where nothing follows. */
export function followReport(row: ProgressRow, report: StateReport, now: Date): Followed {
  const state = applyAgentReport(row, {
    phase: report.phase,
    seq: report.seq,
    proves: whatItProves(row, report),
    reason: report.reason ?? null,
  });
  const changed = state !== row.state;
  const reason = reasonOf(row, state, report);
  const forgetsReason = changed && (state === "SUCCEEDED" || state === "REVERTED");
  const next: ProgressRow = {
    ...row,
    state,
    progress: state === "DOWNLOADING" ? (report.progress ?? 0) : null,
    // A device says its state again and again, with its probe: only what is new is written.
    probe: changed || !row.probed ? (report.probe ?? row.probe) : row.probe,
    probed: row.probed || report.probe !== undefined,
    ...(reason === null ? {} : { reasonCode: reason.code, reasonMessage: reason.message }),
    ...(forgetsReason ? { reasonCode: null, reasonMessage: null } : {}),
    ...(changed ? { updatedAt: now, settled: row.settled && staysSettled(true, state) } : {}),
  };
  const fails = changed && (isFailed(state) || state === "REFUSED");
  const { deviceId, name } = row;
  return { row: isSame(row, next) ? row : next, decision: fails ? decideDeviceFailed({ deviceId, name, state, reason }) : null };
}

function whatItProves(row: ProgressRow, { running }: StateReport): "target" | "wrong-digest" | "something-else" {
  if (running?.releaseId !== row.releaseId) return "something-else";
  return running.variantSha256 === row.variantSha256 ? "target" : "wrong-digest";
}

function reasonOf(row: ProgressRow, state: RolloutDeviceState, report: StateReport): Reason | null {
  const wrongDigest = state !== row.state && state === "FAILED" && report.phase === "ACTIVE";
  if (!wrongDigest) return report.reason ?? null;
  const [runs, assigned] = [report.running?.variantSha256.slice(0, 12), row.variantSha256.slice(0, 12)];
  return { code: "DIGEST_MISMATCH", message: `The device runs ${runs}, not the assigned ${assigned}. Retry it.` };
}

/** `updatedAt` and `settled` change only with the state. */
function isSame(a: ProgressRow, b: ProgressRow): boolean {
  return (
    a.state === b.state &&
    a.progress === b.progress &&
    a.reasonCode === b.reasonCode &&
    a.reasonMessage === b.reasonMessage &&
    a.probe === b.probe
  );
}

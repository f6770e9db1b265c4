import type { AgentPhase, Reason, RolloutDeviceState } from "@flotilla/contracts";

/** An agent's state report, reduced to what matters to its row in a rollout. */
export interface AgentReportEvent {
  readonly phase: AgentPhase;
  /** The assignment number that the agent speaks about. */
  readonly seq: number;
  /** `running` names the release that the row wants, and its digest is the one assigned. */
  readonly proves: "target" | "wrong-digest" | "something-else";
  readonly reason: Pick<Reason, "code" | "message"> | null;
}

export interface RolloutDeviceRow {
  readonly state: RolloutDeviceState;
  readonly seq: number | null;
  /** true once the rollout sends the device back to what it had: the target is then the previous release. */
  readonly goingBack: boolean;
}

const PROGRESS: Partial<Record<AgentPhase, RolloutDeviceState>> = {
  PREFLIGHT: "ASSIGNED",
  DOWNLOADING: "DOWNLOADING",
  VERIFYING: "VERIFYING",
  STAGED: "VERIFYING",
  ACTIVATING: "ACTIVATING",
  PROBING: "PROBING",
};

const FAILURES: Partial<Record<AgentPhase, RolloutDeviceState>> = { REFUSED: "REFUSED", REJECTED: "FAILED", ROLLED_BACK: "ROLLED_BACK" };

const CLOSED: ReadonlySet<RolloutDeviceState> = new Set(["QUEUED", "SUPERSEDED", "CANCELLED", "ALREADY_CURRENT", "REVERTED"]);
const FINAL_FOR_PROGRESS: ReadonlySet<RolloutDeviceState> = new Set(["SUCCEEDED", "ROLLED_BACK", "REFUSED", "FAILED", "TIMED_OUT"]);

/**
 * The device's next state in the rollout. Reports about another assignment never move it. Only a proof by digest is success, and
 * it counts however late it comes: a device that was unreached, timed out or failed before and now proves the target has succeeded. A
 * success that rolls back later is a roll-back.
 */
export function applyAgentReport(row: RolloutDeviceRow, report: AgentReportEvent): RolloutDeviceState {
  if (row.seq === null || report.seq !== row.seq || CLOSED.has(row.state)) return row.state;
  if (report.phase === "ACTIVE") {
    if (report.proves === "target") return row.goingBack ? "REVERTED" : "SUCCEEDED";
    // ACTIVE about something else is the release before, reported while this one has not begun.
    return report.proves === "wrong-digest" && !FINAL_FOR_PROGRESS.has(row.state) ? "FAILED" : row.state;
  }
  const failure = FAILURES[report.phase];
  if (failure !== undefined) return failure;
  const progress = PROGRESS[report.phase];
  if (progress === undefined || FINAL_FOR_PROGRESS.has(row.state)) return row.state;
  return progress;
}

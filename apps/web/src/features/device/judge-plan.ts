import type { AgentPhase } from "@flotilla/contracts";
import type { DeviceView } from "@flotilla/contracts/views";

/** Whether a device runs what it should, as the page says it. */
export type PlanVerdict =
  | { kind: "noPlan" }
  | { kind: "inStep" }
  | { kind: "onTheWay"; phase: AgentPhase }
  | { kind: "failed"; reason: string }
  | { kind: "apart"; phase: AgentPhase; reported: number; desired: number };

const FAILED_PHASES: ReadonlySet<AgentPhase> = new Set(["REFUSED", "REJECTED", "ROLLED_BACK"]);

/** In step is only what the device proved: the running digest's release is the assigned one. */
export function judgePlan(device: Pick<DeviceView, "desired" | "reported" | "running">): PlanVerdict {
  const { desired, reported, running } = device;
  if (desired === null) return { kind: "noPlan" };
  if (running?.releaseId === desired.releaseId && (reported === null || reported.phase === "ACTIVE" || reported.phase === "IDLE"))
    return { kind: "inStep" };
  if (reported === null) return { kind: "onTheWay", phase: "IDLE" };
  if (reported.seq < desired.seq) return { kind: "apart", phase: reported.phase, reported: reported.seq, desired: desired.seq };
  if (FAILED_PHASES.has(reported.phase)) return { kind: "failed", reason: reported.reason?.message ?? reported.phase };
  return { kind: "onTheWay", phase: reported.phase };
}

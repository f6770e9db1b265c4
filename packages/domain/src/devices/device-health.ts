import type { AgentPhase, DeviceState } from "@flotilla/contracts";
import type { Health } from "@flotilla/contracts/views";

export interface HealthInputs {
  readonly state: DeviceState;
  readonly online: boolean;
  readonly phase: AgentPhase | null;
  readonly hasReason: boolean;
  readonly temperatureC: number | null;
}

/** From here on a device is warned about: common edge boards throttle at 80–85 °C. */
export const WARM_C = 80;

export const FAILED_PHASES = ["REFUSED", "REJECTED", "ROLLED_BACK"] as const satisfies readonly AgentPhase[];
export const BUSY_PHASES = [
  "PREFLIGHT",
  "DOWNLOADING",
  "VERIFYING",
  "STAGED",
  "ACTIVATING",
  "PROBING",
] as const satisfies readonly AgentPhase[];

/** One word for the state dot, worst first. services has the same rules as SQL; a test holds the two together. */
export function deviceHealth({ state, online, phase, hasReason, temperatureC }: HealthInputs): Health {
  if (state === "PENDING") return "pending";
  if (state === "REVOKED" || !online) return "offline";
  if (phase !== null && (FAILED_PHASES as readonly AgentPhase[]).includes(phase)) return "failed";
  if (temperatureC !== null && temperatureC >= WARM_C) return "warning";
  if (hasReason) return "warning";
  if (phase !== null && (BUSY_PHASES as readonly AgentPhase[]).includes(phase)) return "busy";
  return "healthy";
}

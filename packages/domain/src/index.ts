export { can, permissions, permissionsOf, type Permission } from "./permissions.ts";
export { BUSY_PHASES, deviceHealth, FAILED_PHASES, type HealthInputs, WARM_C } from "./devices/device-health.ts";
export { judgeGates } from "./gates/judge-gates.ts";
export { median, medianInterval } from "./gates/median.ts";
export { wilsonInterval } from "./gates/wilson.ts";
export { actOnRollout, allowedActions, revertReach, type RolloutAction } from "./rollouts/act-on-rollout.ts";
export { type AgentReportEvent, applyAgentReport, type RolloutDeviceRow } from "./rollouts/apply-agent-report.ts";
export { decide, decideDeviceFailed, type DecisionKind, decisionKinds } from "./rollouts/decisions.ts";
export { FAILED_STATES, hasOutcome, IN_FLIGHT_STATES, isFailed, isInFlight, RETRYABLE_STATES } from "./rollouts/device-states.ts";
export type {
  DecisionDraft,
  RolloutDeviceSnapshot,
  RolloutEffect,
  RolloutSnapshot,
  RolloutStep,
  StageSnapshot,
} from "./rollouts/snapshot.ts";
export { stepRollout, WAVE_SIZE } from "./rollouts/step-rollout.ts";
export { assignStages, type StageCandidate, stageTotals } from "./targeting/assign-stages.ts";
export { hash32 } from "./targeting/hash.ts";
export { type FilterableDevice, matchesFilter } from "./targeting/match-filter.ts";
export { counted, digits, formatBytes, formatPercent, formatSeconds } from "./text/format.ts";
export { chooseVariant, type VariantChoice, type VariantOffer } from "./variants/choose-variant.ts";

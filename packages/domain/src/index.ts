export { can, permissions, permissionsOf, type Permission } from "./permissions.ts";
export { BUSY_PHASES, deviceHealth, FAILED_PHASES, WARM_C } from "./devices/device-health.ts";
export { enrolCommand, type EnrolmentAddress, isLoopback, seenFrom } from "./devices/enrol-command.ts";
export { actOnRollout, allowedActions, type RolloutAction } from "./rollouts/act-on-rollout.ts";
export { applyAgentReport } from "./rollouts/apply-agent-report.ts";
export {
  beginActions,
  type Beginning,
  hasNotBegun,
  LATE_AFTER_MS,
  mayAnswer,
  planBeginning,
} from "./rollouts/begin-rollout.ts";
export {
  type ChosenInstant,
  decideAnswer,
  decideApprovalRequested,
  decideApprovalVoid,
  decideBackToDraft,
  decideCannotGoBack,
  decideReleaseInvalidated,
  decideScheduled,
  decideStartedLate,
  decideStartRefused,
} from "./rollouts/decide-beginning.ts";
export { findWindow } from "./rollouts/find-window.ts";
export { rateAt } from "./rollouts/pace-devices.ts";
export { DEFAULT_OPTIONS } from "./rollouts/default-options.ts";
export { decideDeviceFailed, decideJoined, decisionKinds } from "./rollouts/decisions.ts";
export { estimateRemaining, type Remaining } from "./rollouts/estimate-remaining.ts";
export {
  FAILED_STATES,
  IN_FLIGHT_STATES,
  isFailed,
  OPEN_STATES,
  OUTCOME_STATES,
  RETRYABLE_STATES,
  staysSettled,
  WITHDRAWABLE_STATES,
} from "./rollouts/device-states.ts";
export { cohortsOf, countsOf, factsAt, NAMED_DEVICES, selects, UNREACHED_AFTER_MS } from "./rollouts/form-cohorts.ts";
export { hintSpreadSeconds, SERVING_CAPACITY } from "./rollouts/hint-spread.ts";
export { predictRollout } from "./rollouts/predict-rollout.ts";
export { nextChangeAt } from "./rollouts/next-change.ts";
export { matters, needsAll, reachOf } from "./rollouts/reach.ts";
export { lookAt, replayEffects, supersedeDevice } from "./rollouts/replay-effects.ts";
export type {
  Cohort,
  CohortFacts,
  DeviceFacts,
  RolloutEffect,
  RolloutPlan,
  RolloutSnapshot,
  RolloutStep,
  Selector,
  StageSnapshot,
  StateCount,
} from "./rollouts/snapshot.ts";
export { CAN_GO_BACK } from "./rollouts/step-reverting.ts";
export { stepRollout } from "./rollouts/step-rollout.ts";
export { WAVE_SIZE } from "./rollouts/wait-for-turn.ts";
export { type Waiting, waitingDevices } from "./rollouts/waiting-devices.ts";
export { assignStages, stageTotals } from "./targeting/assign-stages.ts";
export { counted, formatBytes, formatSeconds } from "./text/format.ts";
export { checkUploadSize, MAX_UPLOAD_BYTES } from "./uploads/check-upload-size.ts";
export { chooseVariant, type VariantOffer } from "./variants/choose-variant.ts";
export { type ExportProblem, type ExportProblemCode, judgeExport, tflitePrecision } from "./variants/judge-export.ts";
export { findRuntime } from "./variants/find-runtime.ts";
export { judgeReport, type TargetJudgement, type TargetRemark } from "./variants/judge-report.ts";
export { judgeTarget, type TargetObstacle } from "./variants/judge-target.ts";
export { matchTargetProfile } from "./variants/match-target-profile.ts";

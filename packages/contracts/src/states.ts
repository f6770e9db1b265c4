/** String enums that are stored and shown. Additive only: a stored value is never renamed. */

export const roles = ["viewer", "operator", "engineer", "owner"] as const;
export type Role = (typeof roles)[number];

/** What a file becomes: a model version, a data set, or the proof of a version's conversion by a person's own inputs and outputs. */
export const uploadKinds = ["model", "data-set", "reference"] as const;
export type UploadKind = (typeof uploadKinds)[number];

export const uploadStates = ["UPLOADING", "RECEIVED", "INSPECTING", "READY", "REJECTED", "EXPIRED"] as const;
export type UploadState = (typeof uploadStates)[number];

export const jobStates = ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"] as const;
export type JobState = (typeof jobStates)[number];

export const graphViewStates = ["BUILDING", "READY", "FAILED"] as const;
export type GraphViewState = (typeof graphViewStates)[number];

export const targetReportStates = ["BUILDING", "READY", "FAILED"] as const;
export type TargetReportState = (typeof targetReportStates)[number];

export const releaseStates = [
  "BUILDING",
  "READY",
  "FAILED",
  "WITHDRAWN",
  /** A person found it to be bad: it is never assigned again, not even as what a device goes back to. */
  "INVALIDATED",
] as const;
export type ReleaseState = (typeof releaseStates)[number];

export const deviceStates = ["PENDING", "ACTIVE", "REVOKED"] as const;
export type DeviceState = (typeof deviceStates)[number];

export const rolloutStates = [
  "DRAFT",
  "AWAITING_APPROVAL",
  "SCHEDULED",
  "RUNNING",
  "PAUSED",
  "HALTED",
  "REVERTING",
  "REVERTED",
  "COMPLETED",
  "CANCELLED",
] as const;
export type RolloutState = (typeof rolloutStates)[number];

export const stageStates = ["WAITING", "RUNNING", "SOAKING", "PASSED", "FAILED"] as const;
export type StageState = (typeof stageStates)[number];

export const rolloutDeviceStates = [
  "QUEUED",
  "ASSIGNED",
  "DOWNLOADING",
  "VERIFYING",
  "ACTIVATING",
  "PROBING",
  "SUCCEEDED",
  "ROLLED_BACK",
  "REFUSED",
  "FAILED",
  "TIMED_OUT",
  "SUPERSEDED",
  "CANCELLED",
  "ALREADY_CURRENT",
  "UNREACHED",
  /** The rollout was taken back and the device runs what it had before, or never ran the release. */
  "REVERTED",
] as const;
export type RolloutDeviceState = (typeof rolloutDeviceStates)[number];

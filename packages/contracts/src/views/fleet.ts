import type { Decision, DeviceProfile, GateReading, ProbeResult, RolloutGates, StageSpec } from "../index.ts";
import type { DeviceState, RolloutDeviceState, RolloutState, StageState } from "../states.ts";
import type { AgentPhase, DeviceLogLine } from "../device/reports.ts";
import type { ErrorView, Page } from "./shared.ts";

/** One word for the state dot. Never shown by colour alone. */
export type Health = "healthy" | "busy" | "warning" | "failed" | "offline" | "pending";

export interface DeviceListItem {
  id: string;
  name: string;
  state: DeviceState;
  health: Health;
  online: boolean;
  lastSeenAt: Date | null;
  /** When it first asked to join. */
  createdAt: Date;
  phase: AgentPhase | null;
  profileName: string;
  tags: Record<string, string>;
  /** What it runs, as proved by digest. */
  running: { releaseId: string; modelName: string; version: number; variantName: string; variantSha256: string } | null;
  latencyP95Ms: number | null;
  fingerprint: string;
}
export interface DeviceListPage extends Page<DeviceListItem> {
  /** There are more than `total`: a long list is not counted to its end. */
  totalIsMore: boolean;
}

/** What the organisation's fleet has, to be offered while a filter is typed: texts of fields, and the values of each tag's key. */
export interface FilterVocabularyView {
  fields: Record<string, string[]>;
  tags: Record<string, string[]>;
}

export interface DeviceView extends DeviceListItem {
  profile: DeviceProfile;
  enrolledAt: Date | null;
  certificateExpiresAt: Date | null;
  /** What it should run. */
  desired: { seq: number; releaseId: string; releaseName: string; rolloutId: string | null } | null;
  reported: { seq: number; phase: AgentPhase; progress: number | null; reason: ErrorView | null; at: Date } | null;
  slots: { running: SlotView | null; standby: SlotView | null };
  groups: { id: string; name: string }[];
  lastProbe: ProbeResult | null;
}
export interface SlotView {
  releaseId: string;
  releaseName: string;
  variantSha256: string;
}

export interface DeviceMetricPoint {
  at: Date;
  latencyP50Ms: number | null;
  latencyP95Ms: number | null;
  memoryBytes: number;
  temperatureC: number | null;
  inferenceCount: number;
  errorCount: number;
  releaseId: string | null;
}
export interface DeviceMetrics {
  points: DeviceMetricPoint[];
  /** Vertical marks: when a release became active. */
  releaseMarks: { at: Date; label: string }[];
}

export interface DeviceEvent {
  id: string;
  at: Date;
  kind: "enrolled" | "accepted" | "renamed" | "revoked" | "state" | "security" | "online" | "offline" | "assigned";
  phase: AgentPhase | null;
  releaseName: string | null;
  reason: ErrorView | null;
}

/** A line of the end of a device's log. */
export interface DeviceLogLineView {
  id: string;
  at: Date;
  level: DeviceLogLine["level"];
  message: string;
}

export interface GroupView {
  id: string;
  name: string;
  kind: "dynamic" | "static";
  /** A dynamic group's filter, in the filter language; empty for a static one. */
  filter: string;
  deviceCount: number;
  onlineCount: number;
  createdAt: Date;
  /** Devices shared with each other group. */
  overlaps: { groupId: string; name: string; count: number }[];
}

export interface RolloutListItem {
  id: string;
  name: string;
  state: RolloutState;
  releaseName: string;
  groupName: string;
  stages: { name: string; state: StageState; total: number; succeeded: number; failed: number }[];
  deviceCount: number;
  succeededCount: number;
  failedCount: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** How long it still takes if all goes as it went; null where it does not move. `atLeast`: devices or a person decide the rest. */
  remaining: { seconds: number; atLeast: boolean } | null;
  /** The last decision that explains the state. */
  why: Decision | null;
}
export type RolloutListPage = Page<RolloutListItem>;

export interface RolloutDeviceView {
  deviceId: string;
  name: string;
  stageIndex: number;
  state: RolloutDeviceState;
  progress: number | null;
  online: boolean;
  reason: ErrorView | null;
  probe: ProbeResult | null;
  bytesFetched: number;
  updatedAt: Date;
}

export interface StageView {
  index: number;
  spec: StageSpec;
  state: StageState;
  deviceCount: number;
  succeeded: number;
  failed: number;
  startedAt: Date | null;
  soakUntil: Date | null;
  deadlineAt: Date | null;
  finishedAt: Date | null;
}

export interface DecisionView extends Decision {
  id: string;
  at: Date;
  /** A person's name, or "controller". */
  actor: string;
  deviceId: string | null;
}

export interface RolloutView {
  id: string;
  name: string;
  state: RolloutState;
  release: { id: string; name: string; modelId: string; modelVersionId: string };
  /** What the devices ran before, most common first; null where nothing ran. */
  replaces: { releaseId: string; releaseName: string; deviceCount: number }[];
  group: { id: string; name: string };
  stages: StageView[];
  gates: RolloutGates;
  readings: GateReading[];
  devices: RolloutDeviceView[];
  /** Failures by cause, most first. */
  causes: { code: string; message: string; deviceNames: string[] }[];
  decisions: DecisionView[];
  why: Decision | null;
  createdAt: Date;
  createdBy: string;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** What each button would do now; false: not offered. */
  can: {
    start: boolean;
    pause: boolean;
    resume: boolean;
    promote: boolean;
    halt: boolean;
    cancel: boolean;
    revert: boolean;
    retry: boolean;
  };
  /** Reach of a revert, shown before it is confirmed. */
  revertReach: { deviceCount: number; withoutDownload: number };
}

/** What "New rollout" shows beside the form. */
export interface RolloutPreflight {
  deviceCount: number;
  onlineCount: number;
  alreadyCurrent: number;
  incompatible: { deviceId: string; name: string; reason: ErrorView }[];
  downloadBytesPerDevice: number;
  downloadBytesTotal: number;
  stages: { name: string; newDevices: number; totalDevices: number }[];
  /** Shortest time to the end: the soaks. */
  minimumSeconds: number;
}

/** Things that need a person for one cause: one row, however many devices are behind it. */
export interface AttentionView {
  kind:
    | "rollout-halted"
    | "security"
    | "devices-failed"
    | "devices-warning"
    | "devices-warm"
    | "devices-pending"
    | "job-failed"
    | "devices-away"
    | "devices-offline";
  /** How many devices, jobs or rollouts. */
  count: number;
  /** The first few devices behind it; the one that `reason` speaks of leads. */
  devices: { id: string; name: string }[];
  /** What they share, with the newest one's sentence. */
  reason: ErrorView | null;
  /** Of a halted rollout: its name, and the decision that halted it. */
  name: string | null;
  why: Decision | null;
  /** Of devices that are away: when the first of them was last heard. */
  since: Date | null;
  href: string;
}

export interface OverviewView {
  fleet: { id: string; name: string; health: Health; versionLabel: string | null }[];
  deviceCount: number;
  healthyCount: number;
  /** Devices per release over time, oldest first. */
  adoption: { at: Date; counts: Record<string, number> }[];
  adoptionReleases: { releaseId: string; name: string }[];
  rolloutMarks: { at: Date; label: string }[];
  running: RolloutListItem[];
  /** What needs a person, worst first. */
  attention: AttentionView[];
  models: { id: string; name: string; runsOn: number; latencyP95Ms: number | null; sparkline: number[] }[];
  firstUse: { uploaded: boolean; deviceAdded: boolean; rolledOut: boolean };
}

/** Devices that the embedded stack simulates on its own machine. */
export interface DemoFleetView {
  /** Whether this installation can: only where a supervisor runs beside it. */
  offered: boolean;
  wanted: number;
  /** Of them enrolled. */
  joined: number;
  /** Why the supervisor could not do what is wanted; its own sentence. */
  problem: string | null;
  changedAt: Date | null;
}

export interface EnrolmentTokenView {
  id: string;
  name: string;
  groupId: string | null;
  groupName: string | null;
  maxUses: number;
  uses: number;
  expiresAt: Date;
  revokedAt: Date | null;
  createdAt: Date;
}
export interface MemberView {
  userId: string;
  name: string;
  email: string;
  role: "viewer" | "operator" | "engineer" | "owner";
  joinedAt: Date;
}

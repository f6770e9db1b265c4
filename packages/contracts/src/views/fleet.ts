import type { Decision, DeviceProfile, GateReading, ProbeResult, RolloutGates, RolloutOptions, StageSpec } from "../index.ts";
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
  /** A long list is not counted to its end: there are more than `total`, or about as many where even counting so far would take long. */
  totalIs: "exact" | "more" | "about";
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
  /** What is wrong with the release, once it was marked as bad. */
  invalidReason: string | null;
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

/** The rollout's devices by stage, then by name. */
export interface RolloutDevicePage {
  items: RolloutDeviceView[];
  /** The device that the next page begins with; null: this is the last one. */
  next: string | null;
}

/** Every device of a rollout as one character, in the order of its pages. */
export interface RolloutDotsView {
  /** As `readDot` of `@flotilla/contracts/rollout-dots` reads it. */
  dots: string;
  /** The device that each page of `ROLLOUT_PAGE` begins with. */
  pages: string[];
}

/** Devices of a rollout that a count does not tell apart. */
export interface RolloutCount {
  stageIndex: number;
  state: RolloutDeviceState;
  online: boolean;
  deviceCount: number;
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

/** Who marked a release as bad, when and why. */
export interface InvalidationView {
  at: Date;
  by: string;
  reason: string;
}

/** What a mark "bad" would do. */
export interface InvalidationReach {
  /** Those that would halt, or end before their start. */
  rollouts: { id: string; name: string; state: RolloutState }[];
  /** Devices that run it, and go on. */
  runsOn: number;
  /** Devices that were told about it and would not get it. */
  notBegun: number;
}

export interface RolloutPolicyView {
  /** A rollout needs a second person's approval before it begins. */
  secondPerson: boolean;
  /** Members whose role lets them approve. */
  approverCount: number;
}

export interface RolloutBeginningView {
  startAt: Date | null;
  /** In which `startAt` was chosen, an IANA name. */
  timeZone: string | null;
  requestedAt: Date | null;
  requestedBy: string | null;
  needsApproval: boolean;
  /** What an approval given now would be for. */
  planSha256: string;
  /** Newest first. `current`: for the plan as it is now. */
  approvals: { id: string; at: Date; person: string; verdict: "approved" | "rejected"; reason: string | null; current: boolean }[];
  /** The one who looks made it or asked for it: somebody else must answer. */
  firstPerson: boolean;
}

/** As large for 100,000 devices as for one: the devices themselves are read by page, and as dots. */
export interface RolloutView {
  id: string;
  name: string;
  state: RolloutState;
  release: { id: string; name: string; modelId: string; modelVersionId: string };
  /** What the devices ran before, the most common first; none for devices on which nothing ran. */
  replaces: { releaseId: string; releaseName: string; deviceCount: number }[];
  group: { id: string; name: string };
  stages: StageView[];
  gates: RolloutGates;
  options: RolloutOptions;
  /** Devices of the stage at work that wait, what for, and when the first of them goes on; null: nobody knows. */
  waiting: { for: "window" | "pace" | "retry"; deviceCount: number; until: Date | null }[];
  readings: GateReading[];
  counts: RolloutCount[];
  /** Failures by cause, most first, each with the names of its first devices. */
  causes: { code: string; message: string; deviceCount: number; deviceNames: string[] }[];
  decisions: DecisionView[];
  why: Decision | null;
  createdAt: Date;
  createdBy: string;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** How it comes to its start. */
  beginning: RolloutBeginningView;
  /** Its release was marked as bad: nothing assigns it any more. */
  invalidated: InvalidationView | null;
  /** Whom a revert leaves alone, because what ran before is marked as bad: the first of them. */
  staying: { total: number; devices: { deviceId: string; name: string; releaseName: string }[] };
  /** What each button would do now; false: not offered. */
  can: {
    start: boolean;
    /** Choose the hour of the start, or another one. */
    schedule: boolean;
    /** Approve or reject, where the one who looks is a second person. */
    answer: boolean;
    toDraft: boolean;
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

/** What "New rollout" and a rollout that has not begun show beside the plan. Times are in seconds after the start. */
export interface RolloutPreflight {
  release: { state: string; invalidReason: string | null };
  deviceCount: number;
  onlineCount: number;
  alreadyCurrent: number;
  /** Who cannot take it, by cause, most devices first; the first 100 of each by name. */
  refusals: { reason: ErrorView; count: number; devices: { deviceId: string; name: string }[] }[];
  /** Who is away now: the first 100. */
  offline: { deviceId: string; name: string }[];
  /** Other live rollouts that lose devices to this one. */
  takenFrom: { rolloutId: string; name: string; count: number }[];
  /** The largest that one device fetches. */
  downloadBytesPerDevice: number;
  downloadBytesTotal: number;
  /** Median of what these devices fetched at before; null: nothing says it. */
  bytesPerSecond: number | null;
  /** While the largest stage begins; null: as fast as its devices fetch, which is not known. */
  peakBytesPerSecond: number | null;
  stages: {
    name: string;
    newDevices: number;
    totalDevices: number;
    bytes: number;
    earliestStart: number;
    earliestEnd: number;
    /** null: a person decides. */
    latestEnd: number | null;
  }[];
}

export interface RefusedDevice {
  deviceId: string;
  name: string;
  code: string;
  message: string;
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

import type {
  Decision,
  GateReading,
  ProbeResult,
  Reason,
  RolloutDeviceState,
  RolloutGates,
  RolloutState,
  StageSpec,
  StageState,
} from "@flotilla/contracts";

/** A device's place in one rollout, with what is known about it now. */
export interface RolloutDeviceSnapshot {
  readonly deviceId: string;
  readonly name: string;
  readonly stageIndex: number;
  readonly state: RolloutDeviceState;
  readonly online: boolean;
  /** Locked out for good: it takes no part any more, whatever it runs. */
  readonly revoked: boolean;
  /** The number of this rollout's last assignment to the device, null while it never had one. Kept when it is taken back: numbers are never used twice. */
  readonly seq: number | null;
  readonly assignedAt: Date | null;
  /** When `state` last changed. */
  readonly updatedAt: Date;
  /**
   * What it is now was accepted, by a stage that passed, a promotion or a resume: it is neither judged nor waited for. Its next assignment or
   * outcome is. A flag and not an instant: two hosts whose clocks disagree must not disagree about what was accepted.
   */
  readonly settled: boolean;
  readonly reason: Pick<Reason, "code" | "message"> | null;
  readonly probe: ProbeResult | null;
  /** It already proves the variant that this rollout would assign, and is meant to run it. */
  readonly alreadyCurrent: boolean;
  /** A release ran before this rollout's; false on a first installation. */
  readonly hasPrevious: boolean;
  /** What ran before still (or again) serves inference. */
  readonly runsPrevious: boolean;
  /** A newer assignment, of another rollout, has replaced this one's. */
  readonly superseded: boolean;
  /** Why no variant of the release fits, null where one does. */
  readonly refusal: Reason | null;
}

export interface StageSnapshot {
  readonly index: number;
  readonly spec: StageSpec;
  readonly state: StageState;
  /** Set anew when a stage begins again. */
  readonly startedAt: Date | null;
  readonly soakUntil: Date | null;
  readonly deadlineAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Everything a decision about a rollout depends on. */
export interface RolloutSnapshot {
  readonly state: RolloutState;
  readonly gates: RolloutGates;
  readonly stages: readonly StageSnapshot[];
  readonly devices: readonly RolloutDeviceSnapshot[];
  readonly readings: readonly GateReading[];
  /** The last decision that explains the state. */
  readonly why: Decision | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A step to execute; the planner never does. A new kind does not compile until it has an executor. */
export type RolloutEffect =
  /** Write this rollout's release as the device's assignment. */
  | { readonly kind: "assign"; readonly deviceIds: readonly string[] }
  /** Take the assignment back before the device acted on it: it keeps what it runs. The row becomes `to`. */
  | { readonly kind: "withdraw"; readonly deviceIds: readonly string[]; readonly to: "QUEUED" | "CANCELLED" }
  /** Assign what ran before; done at once where `settled`, because that still runs. */
  | { readonly kind: "send-back"; readonly deviceIds: readonly string[]; readonly settled: boolean }
  /** Accept what these devices are. Applied only where the row still has this state: a report may have arrived meanwhile. */
  | { readonly kind: "settle"; readonly deviceIds: readonly string[]; readonly from: RolloutDeviceState }
  | {
      readonly kind: "set-devices";
      readonly deviceIds: readonly string[];
      /** Applied only where the row still has this state: a report may have arrived meanwhile. */
      readonly from: readonly RolloutDeviceState[];
      readonly to: RolloutDeviceState;
      readonly reason: Reason | null;
      /** A further attempt: forget reason, progress and probe. */
      readonly again: boolean;
    };

export interface RolloutStep {
  readonly next: RolloutSnapshot;
  readonly effects: readonly RolloutEffect[];
  readonly decisions: readonly DecisionDraft[];
}

export interface DecisionDraft extends Decision {
  readonly deviceId: string | null;
}

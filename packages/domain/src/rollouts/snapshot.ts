import type {
  Decision,
  ErrorCode,
  GateReading,
  ProbeResult,
  Reason,
  RolloutDeviceState,
  RolloutGates,
  RolloutOptions,
  RolloutState,
  StageSpec,
  StageState,
} from "@flotilla/contracts";

/** A device's place in one rollout, with what is known about it now. */
export interface DeviceFacts {
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
  /** The assignment that it has is what ran before: a revert sent it back. */
  readonly goingBack?: boolean;
  /** How often this rollout assigned its release to it. */
  readonly attempt?: number;
  /** An IANA name, whether anybody knows it or not; null: UTC. */
  readonly timeZone?: string | null;
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

/** What is equal for all devices of a cohort: everything a decision about a device depends on, as of one instant. */
export interface CohortFacts {
  readonly stageIndex: number;
  readonly state: RolloutDeviceState;
  readonly online: boolean;
  readonly revoked: boolean;
  readonly settled: boolean;
  readonly superseded: boolean;
  /** Has had an assignment of this rollout. */
  readonly assigned: boolean;
  /** Of queued devices only. */
  readonly alreadyCurrent: boolean;
  readonly hasPrevious: boolean;
  readonly runsPrevious: boolean;
  /** Of queued devices only: why no variant fits. */
  readonly refusalCode: ErrorCode | null;
  /** Of failed devices only. */
  readonly reasonCode: ErrorCode | null;
  /** Open, and its stage's time since its assignment is over: nobody waits for it any more. */
  readonly past: boolean;
  /** At work, and has had all of the time that it gets: once it is online it has failed. */
  readonly overdue: boolean;
  /** At work, and nothing was heard for longer than a reconnect takes. */
  readonly stale: boolean;
  /** A revert sent it back. */
  readonly goingBack: boolean;
  /** Failed, and is tried again by itself: now, or later. null: it is not. */
  readonly retry: "due" | "waiting" | null;
  /** Whose windows it keeps; null where the rollout has no windows. */
  readonly timeZone: string | null;
}

/** A device that a decision names. */
export interface NamedDevice {
  readonly deviceId: string;
  readonly name: string;
  readonly reason: Pick<Reason, "code" | "message"> | null;
}

/** What the gates read of devices that are not settled. */
export interface CohortMeasures {
  /** Golden inputs that agreed and that were replayed, over all devices, and how many devices that were. */
  readonly goldenAgreed: number;
  readonly goldenReplayed: number;
  readonly goldenDevices: number;
  /** p95 latency and memory against the release that ran before, one number for each device that measured both. */
  readonly latencyRatios: readonly number[];
  readonly memoryRatios: readonly number[];
}

/**
 * Devices that no decision tells apart, as one: a look at a rollout costs what its cohorts are, whether the fleet has ten devices or a hundred
 * thousand.
 */
export interface Cohort extends CohortFacts, CohortMeasures {
  readonly count: number;
  /** The first few by id, where a decision may name them. */
  readonly named: readonly NamedDevice[];
  /** When time alone changes one of its facts; null: never. It may be too early, and never too late. */
  readonly nextAt: Date | null;
}

/** Which devices an effect is for: those whose every named fact is one of the values. Answered by SQL, or by `selects`. */
export type Selector = { readonly [Fact in keyof CohortFacts]?: readonly CohortFacts[Fact][] };

/** How many devices of a stage are in a state. */
export interface StateCount {
  readonly stageIndex: number;
  readonly state: RolloutDeviceState;
  readonly count: number;
}

/** A rollout without its devices. */
export interface RolloutPlan {
  readonly state: RolloutState;
  readonly gates: RolloutGates;
  readonly stages: readonly StageSnapshot[];
  readonly readings: readonly GateReading[];
  /** The last decision that explains the state. */
  readonly why: Decision | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Absent: `DEFAULT_OPTIONS`. */
  readonly options?: RolloutOptions;
  /** Since when the pace counts: the start, or the revert. */
  readonly pacedFrom?: Date | null;
  /** Up to when what the pace allows is spent. */
  readonly pacedAt?: Date | null;
}

/** Everything a decision about a rollout depends on. */
export interface RolloutSnapshot extends RolloutPlan {
  /** The devices that can still matter: see `matters`. */
  readonly cohorts: readonly Cohort[];
  /** All devices. */
  readonly counts: readonly StateCount[];
  /** The last stage whose devices are among the cohorts. */
  readonly reach: number;
}

/**
 * A step to execute; the planner never does. A new kind does not compile until it has an executor. Effects follow one another: `who` is asked of
 * what the ones before made of the devices.
 */
export type RolloutEffect = { readonly who: Selector } & (
  | {
      /** Write this rollout's release as the device's assignment. */
      readonly kind: "assign";
      /** At most so many, by stage and id; the others wait for another step. */
      readonly limit: number;
    }
  | {
      /** Take the assignment back before the device acted on it: it keeps what it runs. The row becomes `to`. */
      readonly kind: "withdraw";
      readonly to: "QUEUED" | "CANCELLED";
    }
  /** Assign what ran before; done at once where `settled`, because that still runs. */
  | {
      readonly kind: "send-back";
      readonly settled: boolean;
      /** At most so many, by stage and id. */
      readonly limit: number;
    }
  /** Accept what these devices are: only what the decision saw, since a report may have arrived meanwhile. */
  | { readonly kind: "settle" }
  | {
      readonly kind: "set-devices";
      readonly to: RolloutDeviceState;
      /** "refusal": why no variant fits, each device's own. */
      readonly reason: Reason | "refusal" | null;
      /** A further attempt: forget reason, progress and probe. */
      readonly again: boolean;
    }
);

export interface RolloutStep {
  readonly next: RolloutSnapshot;
  readonly effects: readonly RolloutEffect[];
  readonly decisions: readonly DecisionDraft[];
}

export interface DecisionDraft extends Decision {
  readonly deviceId: string | null;
}

import type { ProbeResult, RolloutGates, StageSpec } from "@flotilla/contracts";
import { actOnRollout, type RolloutAction } from "../rollouts/act-on-rollout.ts";
import { DEFAULT_OPTIONS } from "../rollouts/default-options.ts";
import { lookAt, replayEffects } from "../rollouts/replay-effects.ts";
import type { DeviceFacts, RolloutEffect, RolloutPlan, RolloutStep, StageSnapshot } from "../rollouts/snapshot.ts";
import { stepRollout } from "../rollouts/step-rollout.ts";

export const T0 = new Date("2026-03-01T12:00:00Z");
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);

export const gatesOf = (change: Partial<RolloutGates> = {}): RolloutGates => ({
  failureRateMax: 0.1,
  minimumSample: 3,
  goldenAgreementMin: 0.99,
  latencyP95MaxRatio: 1.5,
  memoryMaxRatio: 1.5,
  ...change,
});

export const probeOf = (change: Partial<ProbeResult> = {}): ProbeResult => ({
  goldenCount: 10,
  goldenAgreement: 1,
  latencyP50Ms: 3,
  latencyP95Ms: 4,
  baselineP95Ms: 4,
  memoryBytes: 100,
  baselineMemoryBytes: 100,
  ...change,
});

export const deviceOf = (change: Partial<DeviceFacts> = {}): DeviceFacts => ({
  deviceId: "d1",
  name: "cam-1",
  stageIndex: 0,
  state: "QUEUED",
  online: true,
  revoked: false,
  seq: null,
  assignedAt: null,
  updatedAt: T0,
  settled: false,
  reason: null,
  probe: null,
  alreadyCurrent: false,
  hasPrevious: true,
  runsPrevious: true,
  superseded: false,
  refusal: null,
  ...change,
});

/** A device that was assigned when its stage began. */
export const assignedDevice = (change: Partial<DeviceFacts> = {}): DeviceFacts =>
  deviceOf({ state: "ASSIGNED", seq: 1, assignedAt: T0, ...change });

export const specOf = (change: Partial<StageSpec> = {}): StageSpec => ({
  name: "canary",
  target: { kind: "count", count: 1 },
  soakSeconds: 0,
  deadlineSeconds: 600,
  manual: false,
  ...change,
});

export const stageOf = (change: Partial<StageSnapshot> = {}, spec: Partial<StageSpec> = {}): StageSnapshot => ({
  index: 0,
  spec: specOf(spec),
  state: "WAITING",
  startedAt: null,
  soakUntil: null,
  deadlineAt: null,
  finishedAt: null,
  ...change,
});

/** The stage as it stands while it runs. */
export const runningStage = (change: Partial<StageSnapshot> = {}, spec: Partial<StageSpec> = {}): StageSnapshot =>
  stageOf({ state: "RUNNING", startedAt: T0, deadlineAt: after(spec.deadlineSeconds ?? 600), ...change }, spec);

/** A rollout with its devices in memory. */
export interface TestRollout extends RolloutPlan {
  readonly devices: readonly DeviceFacts[];
}

export const rolloutOf = (change: Partial<TestRollout> = {}): TestRollout => ({
  state: "RUNNING",
  gates: gatesOf(),
  stages: [runningStage()],
  devices: [assignedDevice()],
  readings: [],
  why: null,
  startedAt: T0,
  finishedAt: null,
  ...change,
});

/** A step with what it made of the devices. */
export interface TestStep {
  readonly next: TestRollout;
  readonly planned: RolloutStep;
  /** What was done, and to whom. */
  readonly effects: readonly (DistributiveOmit<RolloutEffect, "who"> & { readonly deviceIds: readonly string[] })[];
  readonly decisions: RolloutStep["decisions"];
}
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

export const snapshotOf = ({ devices, ...plan }: TestRollout, now: Date) => lookAt(plan, devices, now);
export const stepAt = (rollout: TestRollout, now: Date): TestStep => carryOut(rollout, stepRollout(snapshotOf(rollout, now), now), now);
export const actAt = (rollout: TestRollout, action: RolloutAction, now: Date): TestStep =>
  carryOut(rollout, actOnRollout(snapshotOf(rollout, now), action, now), now);

function carryOut({ devices }: TestRollout, planned: RolloutStep, now: Date): TestStep {
  const { state, gates, stages, readings, why, startedAt, finishedAt, options = DEFAULT_OPTIONS } = planned.next;
  const { pacedFrom = null, pacedAt = null } = planned.next;
  const replay = replayEffects(devices, planned.effects, stages, now, options);
  return {
    next: { state, gates, stages, readings, why, startedAt, finishedAt, options, pacedFrom, pacedAt, devices: replay.devices },
    planned,
    effects: planned.effects.map((effect, position) => withoutWho(effect, replay.touched[position] ?? [])),
    decisions: planned.decisions,
  };
}

function withoutWho({ who, ...effect }: RolloutEffect, deviceIds: readonly string[]): TestStep["effects"][number] {
  if (Object.keys(who).length === 0) throw new Error("an effect for all devices is for some by mistake");
  return { ...effect, deviceIds };
}

/** What a step did, in one line: states and the kinds of its decisions. */
export function tell({ next, decisions }: TestStep): { rollout: string; stages: string[]; devices: string[]; decisions: string[] } {
  return {
    rollout: next.state,
    stages: next.stages.map(({ state }) => state),
    devices: next.devices.map(({ state }) => state),
    decisions: decisions.map(({ kind }) => kind),
  };
}

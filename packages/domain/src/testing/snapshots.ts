import type { ProbeResult, RolloutGates, StageSpec } from "@flotilla/contracts";
import type { RolloutDeviceSnapshot, RolloutSnapshot, RolloutStep, StageSnapshot } from "../rollouts/snapshot.ts";

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

export const deviceOf = (change: Partial<RolloutDeviceSnapshot> = {}): RolloutDeviceSnapshot => ({
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
export const assignedDevice = (change: Partial<RolloutDeviceSnapshot> = {}): RolloutDeviceSnapshot =>
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

export const rolloutOf = (change: Partial<RolloutSnapshot> = {}): RolloutSnapshot => ({
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

/** What a step did, in one line: states and the kinds of its decisions. */
export function tell({ next, decisions }: RolloutStep): { rollout: string; stages: string[]; devices: string[]; decisions: string[] } {
  return {
    rollout: next.state,
    stages: next.stages.map(({ state }) => state),
    devices: next.devices.map(({ state }) => state),
    decisions: decisions.map(({ kind }) => kind),
  };
}

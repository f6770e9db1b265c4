import {
  type AgentPhase,
  type MaintenanceWindow,
  type RolloutDeviceState,
  type RolloutOptions,
  type RolloutState,
  weekdays,
} from "@flotilla/contracts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assignStages, stageTotals } from "../targeting/assign-stages.ts";
import {
  actAt,
  deviceOf,
  gatesOf,
  probeOf,
  rolloutOf,
  snapshotOf,
  stageOf,
  stepAt,
  T0,
  type TestRollout,
  type TestStep,
} from "../testing/snapshots.ts";
import { allowedActions, type RolloutAction } from "./act-on-rollout.ts";
import { applyAgentReport } from "./apply-agent-report.ts";
import { DEFAULT_OPTIONS } from "./default-options.ts";
import { hasOutcome, isInFlight, isOpen, isRetryable, staysSettled } from "./device-states.ts";
import { nextChangeAt } from "./next-change.ts";
import { matters, needsAll, reachOf } from "./reach.ts";
import { supersedeDevice } from "./replay-effects.ts";
import type { Cohort, CohortFacts, DeviceFacts, RolloutEffect, RolloutSnapshot } from "./snapshot.ts";
import { stepRollout } from "./step-rollout.ts";

type Event =
  | { kind: "report"; device: number; phase: AgentPhase; proves: "target" | "wrong-digest" | "something-else"; good: boolean }
  | { kind: "everybody-succeeds" }
  | { kind: "presence"; device: number; online: boolean }
  | { kind: "revoke"; device: number }
  | { kind: "supersede"; device: number }
  | { kind: "act"; action: RolloutAction }
  | { kind: "clock"; seconds: number };

const DEVICES = 6;
const device = fc.nat({ max: DEVICES - 1 });
// What really happens comes most often: without it hardly a run gets past its canary.
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("report" as const),
      device,
      phase: fc.constant("ACTIVE" as const),
      proves: fc.constant("target" as const),
      good: fc.constant(true),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("report" as const),
      device,
      phase: fc.constantFrom<AgentPhase>(
        "PREFLIGHT",
        "DOWNLOADING",
        "STAGED",
        "ACTIVATING",
        "PROBING",
        "ACTIVE",
        "REFUSED",
        "REJECTED",
        "ROLLED_BACK",
      ),
      proves: fc.constantFrom("target", "wrong-digest", "something-else"),
      good: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ kind: "everybody-succeeds" as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("presence" as const), device, online: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("revoke" as const, "supersede" as const), device }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("act" as const),
      action: fc.oneof(
        fc.constantFrom("pause", "resume", "promote", "halt", "revert", "retry").map((kind) => ({ kind })),
        fc.constantFrom("keep", "revert").map((mode) => ({ kind: "cancel" as const, mode })),
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("clock" as const), seconds: fc.constantFrom(1, 31, 100, 700) }) },
);
const setup = fc.record({
  failureRateMax: fc.option(fc.constantFrom(0, 0.1, 0.5)),
  soakSeconds: fc.constantFrom(0, 60),
  manual: fc.boolean(),
  minimumSample: fc.constantFrom(1, 3),
  options: fc.record({
    pace: fc.constantFrom(null, null, { kind: "constant" as const, perMinute: 2 }),
    revertPace: fc.constantFrom(null, null, { kind: "constant" as const, perMinute: 1 }),
    windows: fc.nat({ max: 7 }).map((n): MaintenanceWindow[] => (n === 0 ? [{ days: [...weekdays], from: "12:05", to: "12:20" }] : [])),
    deviceTimeoutSeconds: fc.constantFrom(null, null, 90),
    retries: fc.record({ limit: fc.constantFrom(0, 0, 1), backoffSeconds: fc.constant(50) }),
  }),
});

function begin(options: {
  failureRateMax: number | null;
  soakSeconds: number;
  manual: boolean;
  minimumSample: number;
  options?: Partial<RolloutOptions>;
}): TestRollout {
  const { soakSeconds, manual, failureRateMax, minimumSample } = options;
  const stages = [
    stageOf({ index: 0 }, { name: "canary", soakSeconds, manual }),
    stageOf({ index: 1 }, { name: "half", target: { kind: "percent", percent: 50 }, soakSeconds }),
    stageOf({ index: 2 }, { name: "all", target: { kind: "percent", percent: 100 } }),
  ];
  const ids = Array.from({ length: DEVICES }, (_, n) => ({ deviceId: `d${n}`, tags: {} }));
  const assigned = assignStages(
    "rollout",
    stages.map(({ spec }) => spec),
    ids,
  );
  return rolloutOf({
    state: "DRAFT",
    startedAt: null,
    gates: gatesOf({ failureRateMax, minimumSample }),
    options: { ...DEFAULT_OPTIONS, ...options.options },
    stages,
    devices: ids.map(({ deviceId }, n) =>
      deviceOf({
        ...{ deviceId, name: `cam-${n}`, stageIndex: assigned[n] ?? 0, hasPrevious: n !== 5 },
        timeZone: n % 2 === 0 ? "Europe/Lisbon" : "Asia/Tokyo",
      }),
    ),
  });
}

/** States in which the executor's SQL does what the effect says. */
const LEGAL: Record<RolloutEffect["kind"], (state: RolloutDeviceState) => boolean> = {
  assign: (state) => state === "QUEUED",
  withdraw: (state) => isOpen(state) || isRetryable(state),
  settle: (state) => hasOutcome(state) || isOpen(state) || state === "REVERTED",
  "send-back": (state) => state === "SUCCEEDED" || isOpen(state) || isRetryable(state),
  "set-devices": () => true,
};
const ENDS: Partial<Record<RolloutState, readonly RolloutState[]>> = {
  REVERTED: [],
  CANCELLED: ["REVERTING", "REVERTED"],
  COMPLETED: ["RUNNING", "REVERTING", "REVERTED", "HALTED", "COMPLETED"],
};

/** What must hold of every step, whoever caused it. */
function check(before: TestRollout, { next, effects, decisions, planned }: TestStep, now: Date): void {
  const rows = new Map(before.devices.map((row) => [row.deviceId, row]));
  for (const effect of effects) {
    expect(effect.deviceIds.length, `${effect.kind} of nobody`).toBeGreaterThan(0);
    for (const id of effect.deviceIds) {
      const row = rows.get(id);
      if (row === undefined) throw new Error(id);
      expect(LEGAL[effect.kind](row.state), `${effect.kind} of ${row.state}`).toBe(true);
      if (effect.kind === "withdraw" || effect.kind === "send-back") expect(row.superseded).toBe(false);
      const to =
        effect.kind === "set-devices" || effect.kind === "withdraw" ? effect.to : effect.kind === "settle" ? row.state : "ASSIGNED";
      rows.set(id, { ...row, state: to, superseded: row.superseded && effect.kind !== "assign" });
    }
  }
  // Which of different devices a limit reaches is the executor's to say; the next look, which comes at once, sees it.
  const isLimited = planned.effects.some((effect, n) => "limit" in effect && effects[n]?.deviceIds.length === effect.limit);
  const see = isLimited ? roughlySeenBy : seenBy;
  if (effects.length > 0) expect(see(planned.next), "what the planner saw is what its effects do").toEqual(see(snapshotOf(next, now)));
  const assigned = effects.filter(({ kind }) => kind === "assign");
  if (before.state !== "RUNNING" && before.state !== "DRAFT") expect(assigned).toEqual([]);
  if (next.state === "PAUSED" || next.state === "CANCELLED" || next.state === "REVERTING") expect(assigned).toEqual([]);
  // Never more devices than the stage allows, whatever failed or was tried again.
  const reached = next.stages.filter(({ state }) => state !== "WAITING").length;
  const totals = stageTotals(
    next.stages.map(({ spec }) => spec),
    DEVICES,
  );
  expect(next.devices.filter(({ seq }) => seq !== null).length).toBeLessThanOrEqual(totals[reached - 1] ?? 0);
  // One decision a transition: a state or stage that changed says why, and so does nothing else twice.
  if (next.state !== before.state) expect(decisions.length).toBeGreaterThan(0);
  const said = decisions.map(({ kind, params, deviceId }) => `${kind} ${String(params["stage"])} ${deviceId}`);
  expect(new Set(said).size).toBe(said.length);
  const allowed = ENDS[before.state];
  if (allowed !== undefined && next.state !== before.state) expect(allowed).toContain(next.state);
  if (next.state === "REVERTED" && before.state !== "REVERTED") expect(next.devices.some(({ state }) => isInFlight(state))).toBe(false);
}

/** Cohorts by what of their facts holds until the next look, and the counts. */
function seenBy({ cohorts, counts }: Pick<RolloutSnapshot, "cohorts" | "counts">): unknown {
  const sums = new Map<string, number>();
  for (const cohort of cohorts) {
    const key = JSON.stringify(factsOf(cohort));
    sums.set(key, (sums.get(key) ?? 0) + cohort.count);
  }
  const lines = counts.map(({ stageIndex, state, count }) => `${stageIndex} ${state} ${count}`);
  return { cohorts: Object.fromEntries(sums), counts: lines.toSorted() };
}

/** What holds whichever devices a limit reached: how many of a stage have begun, and how many have not. */
function roughlySeenBy({ counts }: Pick<RolloutSnapshot, "counts">): unknown {
  const sums: Record<string, number> = {};
  for (const { stageIndex, state, count } of counts) {
    const key = `${stageIndex} ${isOpen(state) && state !== "QUEUED" ? "begun" : state}`;
    sums[key] = (sums[key] ?? 0) + count;
  }
  return sums;
}

/** Whether a device that queues from now on is current, and what it failed with, is asked by the next look. */
function factsOf(cohort: Cohort): Partial<CohortFacts> {
  const { stageIndex, state, online, revoked, settled, superseded, assigned, hasPrevious, runsPrevious, past, overdue, stale } = cohort;
  return { stageIndex, state, online, revoked, settled, superseded, assigned, hasPrevious, runsPrevious, past, overdue, stale };
}

/** The devices that the database leaves out make no difference. */
function checkReach(rollout: TestRollout, now: Date): void {
  const whole = snapshotOf(rollout, now);
  const reach = reachOf(rollout);
  const part = { ...whole, reach, cohorts: whole.cohorts.filter((cohort) => matters(cohort, reach)) };
  if (needsAll(part)) return;
  if (part.cohorts.length === whole.cohorts.length) return;
  const [all, some] = [stepRollout(whole, now), stepRollout(part, now)];
  if (all.next.stages.filter(({ state }) => state !== "WAITING").length > reach + 1) return;
  expect([some.effects, some.decisions, some.next.state, some.next.readings]).toEqual([
    ...[all.effects, all.decisions, all.next.state, all.next.readings],
  ]);
}

/** Until the instant that is named nothing follows from time alone: the controller need not look before. */
function checkNextChange(rollout: TestRollout, now: Date): void {
  const at = nextChangeAt(snapshotOf(rollout, now), now);
  const until = at?.getTime() ?? now.getTime() + 10_000_000;
  expect(until).toBeGreaterThan(now.getTime());
  const { next, effects, decisions } = stepAt(rollout, new Date(until - 1));
  expect([effects, decisions, next.readings, next.stages]).toEqual([[], [], rollout.readings, rollout.stages]);
}

/** A device reports what its row is about: the model of ingest. */
function report(row: DeviceFacts, happened: Extract<Event, { kind: "report" }>, now: Date): DeviceFacts {
  if (row.seq === null || row.superseded || row.revoked) return row;
  const { phase, proves } = happened;
  const state = applyAgentReport(
    { state: row.state, seq: row.seq, goingBack: row.goingBack ?? false },
    { phase, seq: row.seq, proves, reason: null },
  );
  const probe = phase === "ACTIVE" ? probeOf(happened.good ? {} : { latencyP95Ms: 40 }) : row.probe;
  const changed = state !== row.state;
  const settled = changed ? staysSettled(row.settled, state) : row.settled;
  return { ...row, state, probe, runsPrevious: state !== "SUCCEEDED", updatedAt: changed ? now : row.updatedAt, settled };
}

const SUCCESS = { kind: "report", device: 0, phase: "ACTIVE", proves: "target", good: true } as const;

function happen(snapshot: TestRollout, happened: Event, now: Date): TestRollout {
  if (happened.kind === "clock" || happened.kind === "act") return snapshot;
  if (happened.kind === "everybody-succeeds") {
    return { ...snapshot, devices: snapshot.devices.map((row) => (row.state === "ASSIGNED" ? report(row, SUCCESS, now) : row)) };
  }
  const devices = snapshot.devices.map((row, n) => {
    if (n !== happened.device) return row;
    switch (happened.kind) {
      case "report":
        return report(row, happened, now);
      case "presence":
        return { ...row, online: happened.online && !row.revoked };
      case "revoke":
        return { ...row, revoked: true, online: false };
      case "supersede":
        return supersedeDevice(row, now);
      default:
        return happened satisfies never;
    }
  });
  return { ...snapshot, devices };
}

test("whatever devices report, persons do and the clock says: no rule of a rollout is broken", { timeout: 120_000 }, () => {
  const seen = new Set<RolloutState>();
  fc.assert(
    fc.property(setup, fc.array(event, { minLength: 10, maxLength: 60 }), (options, events) => {
      let now = T0;
      let snapshot = begin(options);
      const apply = (step: TestStep): void => {
        check(snapshot, step, now);
        snapshot = step.next;
      };
      const settle = (): void => {
        checkReach(snapshot, now);
        apply(stepAt(snapshot, now));
        const again = stepAt(snapshot, now);
        expect(again.effects).toEqual([]);
        expect(again.decisions).toEqual([]);
        // A halt changes what its gates read: the controller looks until nothing changes.
        checkNextChange(again.next, now);
        seen.add(snapshot.state);
      };
      apply(actAt(snapshot, { kind: "start" }, now));
      settle();
      for (const happened of events) {
        now = new Date(now.getTime() + (happened.kind === "clock" ? happened.seconds * 1000 : 100));
        snapshot = happen(snapshot, happened, now);
        if (happened.kind === "act") {
          if (!allowedActions(snapshotOf(snapshot, now))[happened.action.kind]) continue;
          apply(actAt(snapshot, happened.action, now));
        }
        settle();
      }
    }),
    { numRuns: 400 },
  );
  expect([...seen].toSorted()).toEqual(["CANCELLED", "COMPLETED", "HALTED", "PAUSED", "REVERTED", "REVERTING", "RUNNING"]);
});

test("a rollout that nobody touches ends by itself when every device succeeds or is gone", () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: DEVICES, maxLength: DEVICES }).filter((here) => here.includes(true)),
      (here) => {
        const start = begin({ failureRateMax: 0.1, soakSeconds: 60, manual: false, minimumSample: 3 });
        const devices = start.devices.map((row, n) => ({ ...row, online: here[n] === true }));
        let now = T0;
        let { next } = actAt({ ...start, devices }, { kind: "start" }, now);
        for (let turn = 0; turn < 20 && next.state === "RUNNING"; turn += 1) {
          next = stepAt(next, now).next;
          next = happen(next, { kind: "everybody-succeeds" }, now);
          now = new Date(now.getTime() + 700_000);
          // A stage of devices that are all away proves nothing: before anybody ran it, only a person goes on.
          if (next.why?.kind === "unproven") next = actAt(next, { kind: "promote" }, now).next;
        }
        expect(next.state).toBe("COMPLETED");
        next.devices.forEach((row, n) => expect(row.state).toBe(here[n] === true ? "SUCCEEDED" : "UNREACHED"));
      },
    ),
  );
});

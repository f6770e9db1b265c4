import type { RolloutDeviceState, StageState } from "@flotilla/contracts";
import { describe, expect, test } from "vitest";
import {
  actAt,
  after,
  assignedDevice,
  deviceOf,
  probeOf,
  rolloutOf,
  runningStage,
  snapshotOf,
  stageOf,
  stepAt,
  T0,
  tell,
  type TestRollout,
} from "../testing/snapshots.ts";
import { allowedActions, type RolloutAction } from "./act-on-rollout.ts";
import { applyAgentReport, type AgentReportEvent } from "./apply-agent-report.ts";
import type { DeviceFacts } from "./snapshot.ts";
import { WAVE_SIZE } from "./wait-for-turn.ts";

const rolledBack = assignedDevice({
  state: "ROLLED_BACK",
  updatedAt: after(5),
  reason: { code: "PROBE_TOO_SLOW", message: "p95 12.1 ms is 2.4 times the running release's" },
});
const succeeded = (change: Partial<DeviceFacts> = {}) =>
  assignedDevice({ state: "SUCCEEDED", updatedAt: after(5), probe: probeOf(), runsPrevious: false, ...change });
const gone = (deviceId: string) => assignedDevice({ deviceId, state: "SUPERSEDED", superseded: true });
const later = (index: number, change: Partial<DeviceFacts> = {}) => deviceOf({ deviceId: `later-${index}`, stageIndex: 1, ...change });
const twoStages = (devices: DeviceFacts[], change: Partial<TestRollout> = {}) =>
  rolloutOf({ stages: [runningStage(), stageOf({ index: 1 }, { name: "all" })], devices: [...devices, later(1), later(2)], ...change });
const step = (rollout: TestRollout, seconds = 10) => stepAt(rollout, after(seconds));

describe("rollout", () => {
  test("RUNNING + gate failed → HALTED: explain, with the device's own reason and its numbers", () => {
    const result = step(twoStages([rolledBack]));
    expect(tell(result)).toEqual({
      rollout: "HALTED",
      stages: ["FAILED", "WAITING"],
      devices: ["ROLLED_BACK", "QUEUED", "QUEUED"],
      decisions: ["halted-device"],
    });
    expect(result.effects).toEqual([]);
    expect(result.next.why?.message).toBe("Halted: cam-1 rolled back: p95 12.1 ms is 2.4 times the running release's.");
  });

  test("RUNNING + several failed → HALTED: the share, its interval, the limit and the commonest reason", () => {
    const devices = [1, 2, 3].map((n) => ({ ...rolledBack, deviceId: `d${n}`, name: `cam-${n}` }));
    expect(step(rolloutOf({ devices })).next.why?.message).toBe(
      "Halted: 3 of 3 devices failed (100 %, 95 % interval 43.9 % to 100 %), limit 10 %. Most often: p95 12.1 ms is 2.4 times the running release's.",
    );
  });

  test.each([
    ["latency", { latencyP95Ms: 8 }, "Halted: p95 latency is 2 times the running release's on 1 device, limit 1.5 times."],
    ["memory", { memoryBytes: 200 }, "Halted: memory is 2 times the running release's on 1 device, limit 1.5 times."],
    ["golden set", { goldenAgreement: 0.9 }, "Halted: golden-set agreement is 90 % on 1 device, at least 99 % is asked for."],
  ])("RUNNING + %s past its gate although the device reports success → HALTED: explain", (_, probe, sentence) => {
    const { next } = step(twoStages([succeeded({ probe: probeOf(probe) })]));
    expect(next.state).toBe("HALTED");
    expect(next.why?.message).toBe(sentence);
  });

  test("RUNNING + gate failed → HALTED: a device that has not begun is withdrawn, one at work finishes", () => {
    const begun = assignedDevice({ deviceId: "d2", state: "DOWNLOADING" });
    const told = assignedDevice({ deviceId: "d3" });
    const { effects, next } = step(rolloutOf({ devices: [rolledBack, begun, told] }));
    expect(effects).toEqual([{ kind: "withdraw", deviceIds: ["d3"], to: "QUEUED" }]);
    expect(next.devices.map(({ state }) => state)).toEqual(["ROLLED_BACK", "DOWNLOADING", "QUEUED"]);
  });

  test("RUNNING + last stage passed → COMPLETED: who runs it, and who comes later", () => {
    const away = assignedDevice({ deviceId: "d2", online: false, state: "UNREACHED" });
    const result = step(rolloutOf({ devices: [succeeded(), away] }), 601);
    expect(tell(result)).toMatchObject({ rollout: "COMPLETED", decisions: ["stage-passed", "completed"] });
    expect(result.next.why?.message).toBe(
      "Completed: 1 device runs it, 1 not reached. Those not reached catch up by themselves when they return.",
    );
  });

  test("RUNNING + nobody proved the release → RUNNING: it asks a person, once", () => {
    const refused = assignedDevice({ state: "REFUSED", updatedAt: after(5) });
    const result = step(twoStages([refused]));
    expect(tell(result)).toMatchObject({ rollout: "RUNNING", stages: ["SOAKING", "WAITING"], decisions: ["unproven"] });
    expect(step(result.next, 11)).toMatchObject({ decisions: [], effects: [] });
  });

  test("PAUSED + gate failed → PAUSED: read, but not judged until it is resumed", () => {
    const paused = step(twoStages([rolledBack], { state: "PAUSED" }));
    expect(tell(paused)).toMatchObject({ rollout: "PAUSED", decisions: [] });
    expect(paused.next.readings.find(({ gate }) => gate === "failure-rate")?.verdict).toBe("fails");
    const resumed = actAt(paused.next, { kind: "resume" }, after(20));
    expect(step(resumed.next, 20).next.state).toBe("HALTED");
  });

  test("HALTED + resume → RUNNING: what failed until then is accepted, what follows is judged", () => {
    const halted = step(rolloutOf({ devices: [rolledBack, succeeded({ deviceId: "d2" }), assignedDevice({ deviceId: "d3" })] }));
    const resumed = actAt(halted.next, { kind: "resume" }, after(20));
    expect(tell(resumed)).toMatchObject({ rollout: "RUNNING", stages: ["RUNNING"], decisions: ["resumed-after-halt"] });
    expect(resumed.effects).toEqual([{ kind: "settle", deviceIds: ["d1", "d2"] }]);
    const again = step(resumed.next, 20);
    expect(again.effects).toEqual([{ kind: "assign", deviceIds: ["d3"], limit: WAVE_SIZE }]);
    expect(again.next.state).toBe("RUNNING");
  });

  test.each<[string, DeviceFacts[], string[]]>([
    ["RUNNING + every device superseded → CANCELLED: says so", [gone("d1"), gone("d2")], ["superseded"]],
    [
      "RUNNING + superseded after it had succeeded → CANCELLED",
      [gone("d1"), succeeded({ deviceId: "d2", superseded: true })],
      ["superseded"],
    ],
    ["RUNNING + the rest revoked → CANCELLED", [gone("d1"), assignedDevice({ deviceId: "d2", revoked: true })], ["superseded"]],
    ["RUNNING + one device still has its assignment → goes on", [gone("d1"), assignedDevice({ deviceId: "d2" })], []],
    [
      "RUNNING + one still waits for its turn → goes on",
      [gone("d1"), deviceOf({ deviceId: "d2", stageIndex: 1, seq: 3, superseded: true })],
      [],
    ],
  ])("%s", (_, devices, decisions) => {
    for (const state of ["RUNNING", "PAUSED", "HALTED"] as const) {
      const stages = [runningStage(), stageOf({ index: 1 })];
      const result = step(rolloutOf({ state, devices, stages }), 1);
      const ended = decisions.length > 0;
      expect(result.next.state).toBe(ended ? "CANCELLED" : state);
      expect(result.next.finishedAt).toEqual(ended ? after(1) : null);
      expect(result.decisions.map(({ kind }) => kind).filter((kind) => kind !== "unproven")).toEqual(decisions);
    }
  });

  test("RUNNING + every device superseded: the sentence counts them, and nothing is offered any more", () => {
    const { next } = step(rolloutOf({ devices: [gone("d1"), gone("d2")] }));
    expect(next.why?.message).toBe("Ended: newer rollouts took over all of its 2 devices, so nothing is left to do here.");
    expect(Object.values(allowedActions(snapshotOf(next, after(10)))).some(Boolean)).toBe(false);
  });

  test.each([
    ["halt", "QUEUED"],
    ["cancel", "CANCELLED"],
  ] as const)("PAUSED + %s: who waits for another try is not left with what it tried before", (kind, to) => {
    const devices = [{ ...rolledBack, state: "QUEUED" as const }, later(1)];
    const action = kind === "halt" ? { kind } : { kind, mode: "keep" as const };
    const { effects } = actAt(rolloutOf({ state: "PAUSED", devices }), action, after(20));
    expect(effects[0]).toMatchObject({ kind: "withdraw", deviceIds: [rolledBack.deviceId], to });
  });

  test("REVERTING + everybody back → REVERTED; who cannot be reached goes back later", () => {
    const devices = [
      succeeded(),
      rolledBack,
      assignedDevice({ deviceId: "d3", state: "UNREACHED", online: false, runsPrevious: false }),
      later(1),
    ].map((device, n) => ({
      ...device,
      deviceId: `d${n}`,
    }));
    const reverting = actAt(rolloutOf({ state: "HALTED", devices }), { kind: "revert" }, after(20));
    expect(reverting.effects).toEqual([
      { kind: "set-devices", deviceIds: ["d3"], to: "CANCELLED", reason: null, again: false },
      expect.objectContaining({ kind: "send-back", deviceIds: ["d1"], settled: true }),
    ]);
    expect(reverting.next.why?.message).toBe("Reverting 3 devices: 1 still runs what ran before, 2 switch back.");
    const sent = step(reverting.next, 20);
    // Who is away goes back at once, whatever its stage; the others stage by stage.
    expect(sent.effects).toMatchObject([
      { kind: "send-back", deviceIds: ["d2"], settled: false },
      { kind: "send-back", deviceIds: ["d0"], settled: false },
    ]);
    const back = sent.next.devices.map((device) => (device.deviceId === "d0" ? { ...device, state: "REVERTED" as const } : device));
    const reverted = step({ ...sent.next, devices: back }, 30);
    expect(tell(reverted)).toMatchObject({ rollout: "REVERTED", decisions: ["reverted"] });
    expect(reverted.next.why?.message).toBe("Reverted: 2 devices run what ran before. 1 device not reached goes back when it returns.");
  });

  test.each<[TestRollout["state"], RolloutAction["kind"][]]>([
    ["DRAFT", ["start", "cancel"]],
    ["RUNNING", ["pause", "promote", "halt", "cancel", "revert", "retry"]],
    ["PAUSED", ["resume", "halt", "cancel", "revert", "retry"]],
    ["HALTED", ["resume", "cancel", "revert", "retry"]],
    ["COMPLETED", ["revert", "retry"]],
    ["CANCELLED", ["revert"]],
    ["REVERTING", []],
    ["REVERTED", []],
  ])("%s offers %j, and refuses the rest with a sentence", (state, offered) => {
    const snapshot = rolloutOf({ state, devices: state === "DRAFT" ? [] : [rolledBack] });
    const allowed = allowedActions(snapshotOf(snapshot, T0));
    const kinds = Object.keys(allowed) as (keyof typeof allowed)[];
    expect(kinds.filter((kind) => allowed[kind]).toSorted()).toEqual(offered.toSorted());
    for (const kind of kinds.filter((one) => !allowed[one])) {
      const action = kind === "cancel" ? { kind, mode: "keep" as const } : { kind };
      expect(() => actAt(snapshot, action, T0)).toThrow(`it cannot ${kind}. Possible now: `);
    }
  });
});

describe("stage", () => {
  test.each<[string, Partial<TestRollout>, number, StageState[]]>([
    ["RUNNING + device at work → RUNNING", { devices: [assignedDevice({ state: "PROBING" })] }, 10, ["RUNNING"]],
    [
      "RUNNING + all done, soak 60 s → SOAKING",
      { stages: [runningStage({}, { soakSeconds: 60 })], devices: [succeeded()] },
      10,
      ["SOAKING"],
    ],
    [
      "SOAKING + time not over → SOAKING",
      { stages: [runningStage({ state: "SOAKING", soakUntil: after(60) })], devices: [succeeded()] },
      59,
      ["SOAKING"],
    ],
    [
      "SOAKING + time over → PASSED",
      { stages: [runningStage({ state: "SOAKING", soakUntil: after(60) })], devices: [succeeded()] },
      60,
      ["PASSED"],
    ],
    [
      "SOAKING + device rolled back → FAILED",
      { stages: [runningStage({ state: "SOAKING", soakUntil: after(60) })], devices: [rolledBack] },
      10,
      ["FAILED"],
    ],
    [
      "RUNNING + offline device, deadline not over → RUNNING",
      { devices: [succeeded(), assignedDevice({ deviceId: "d2", state: "UNREACHED", online: false })] },
      599,
      ["RUNNING"],
    ],
    [
      "RUNNING + offline device, deadline over → PASSED",
      { devices: [succeeded(), assignedDevice({ deviceId: "d2", state: "UNREACHED", online: false })] },
      600,
      ["PASSED"],
    ],
    [
      "RUNNING + online device, deadline over → FAILED: it timed out",
      { devices: [assignedDevice({ state: "DOWNLOADING" })] },
      600,
      ["FAILED"],
    ],
    ["RUNNING + already current → PASSED without an assignment", { devices: [deviceOf({ alreadyCurrent: true })] }, 10, ["PASSED"]],
  ])("%s", (_, change, seconds, states) => {
    expect(tell(step(rolloutOf(change), seconds)).stages).toEqual(states);
  });

  test("PASSED → the next one starts in the same step, on its own devices", () => {
    const result = step(twoStages([succeeded()]));
    expect(tell(result)).toMatchObject({ stages: ["PASSED", "RUNNING"], decisions: ["stage-passed", "stage-started"] });
    expect(result.effects).toEqual([
      { kind: "settle", deviceIds: ["d1"] },
      { kind: "assign", deviceIds: ["later-1", "later-2"], limit: WAVE_SIZE },
    ]);
  });

  test("holds + manual → waits; promote → PASSED, whatever is still at work", () => {
    const manual = twoStages([succeeded()], { stages: [runningStage({}, { manual: true }), stageOf({ index: 1 })] });
    const held = step(manual);
    expect(tell(held)).toMatchObject({ stages: ["SOAKING", "WAITING"], decisions: ["awaiting-promotion"] });
    const promoted = actAt(held.next, { kind: "promote" }, after(20));
    expect(tell(promoted)).toMatchObject({ stages: ["PASSED", "WAITING"], decisions: ["promoted"] });
    expect(tell(step(promoted.next, 20)).stages).toEqual(["PASSED", "RUNNING"]);
  });

  test("waits for a retried device of an earlier stage, and not for one that was promoted past", () => {
    const stages = [runningStage({ state: "PASSED" }), runningStage({ index: 1, startedAt: after(100) })];
    const last = succeeded({ deviceId: "d2", stageIndex: 1, updatedAt: after(120) });
    const promotedPast = assignedDevice({ state: "DOWNLOADING", settled: true });
    expect(step(rolloutOf({ stages, devices: [promotedPast, last] }), 130).next.state).toBe("COMPLETED");
    const retried = assignedDevice({ state: "DOWNLOADING" });
    expect(step(rolloutOf({ stages, devices: [retried, last] }), 130).next.state).toBe("RUNNING");
  });

  test("SOAKING + failure dated before the stage by a host whose clock is behind → FAILED: judged all the same", () => {
    const early = { ...rolledBack, updatedAt: after(-3600) };
    expect(tell(step(rolloutOf({ devices: [early] })))).toMatchObject({ rollout: "HALTED", decisions: ["halted-device"] });
  });

  test("promote settles what it goes past: its failure is judged when it comes, and is not waited for", () => {
    const begun = twoStages([assignedDevice({ state: "DOWNLOADING" })]);
    const promoted = actAt(begun, { kind: "promote" }, after(20));
    expect(promoted.effects).toEqual([{ kind: "settle", deviceIds: ["d1"] }]);
    const done = promoted.next.devices.map((device) =>
      device.stageIndex === 1 ? { ...succeeded(), deviceId: device.deviceId, stageIndex: 1 } : device,
    );
    expect(step({ ...promoted.next, devices: done }, 30).next.state).toBe("COMPLETED");
  });

  test("is assigned in waves, and does not pass before the last of them", () => {
    const devices = Array.from({ length: WAVE_SIZE + 1 }, (_, n) => deviceOf({ deviceId: `d${n}` }));
    const first = step(rolloutOf({ devices }), 0);
    expect(first.effects.map(({ deviceIds }) => deviceIds.length)).toEqual([WAVE_SIZE]);
    expect(step(first.next, 0).effects.map(({ deviceIds }) => deviceIds.length)).toEqual([1]);
  });
});

describe("device", () => {
  type Event = Partial<AgentReportEvent> & Pick<AgentReportEvent, "phase">;
  const target = { proves: "target" } as const;
  const apply = (state: RolloutDeviceState, event: Event, goingBack = false) =>
    applyAgentReport({ state, seq: 3, goingBack }, { seq: 3, proves: "something-else", reason: null, ...event });

  test.each<[RolloutDeviceState, Event, RolloutDeviceState]>([
    ["ASSIGNED", { phase: "PREFLIGHT" }, "ASSIGNED"],
    ["UNREACHED", { phase: "PREFLIGHT" }, "ASSIGNED"],
    ["ASSIGNED", { phase: "DOWNLOADING" }, "DOWNLOADING"],
    ["DOWNLOADING", { phase: "STAGED" }, "VERIFYING"],
    ["VERIFYING", { phase: "ACTIVATING" }, "ACTIVATING"],
    ["ACTIVATING", { phase: "PROBING" }, "PROBING"],
    ["PROBING", { phase: "ACTIVE", ...target }, "SUCCEEDED"],
    ["PROBING", { phase: "ACTIVE", proves: "wrong-digest" }, "FAILED"],
    ["ASSIGNED", { phase: "ACTIVE" }, "ASSIGNED"],
    ["PROBING", { phase: "ROLLED_BACK" }, "ROLLED_BACK"],
    ["ASSIGNED", { phase: "REFUSED" }, "REFUSED"],
    ["VERIFYING", { phase: "REJECTED" }, "FAILED"],
    ["SUCCEEDED", { phase: "ROLLED_BACK" }, "ROLLED_BACK"],
    ["SUCCEEDED", { phase: "PROBING" }, "SUCCEEDED"],
    ["TIMED_OUT", { phase: "ACTIVE", ...target }, "SUCCEEDED"],
    ["TIMED_OUT", { phase: "DOWNLOADING" }, "TIMED_OUT"],
    ["SUPERSEDED", { phase: "ACTIVE", ...target }, "SUPERSEDED"],
    ["CANCELLED", { phase: "ACTIVE", ...target }, "CANCELLED"],
    ["QUEUED", { phase: "ACTIVE", ...target }, "QUEUED"],
    ["ASSIGNED", { phase: "ACTIVE", ...target, seq: 2 }, "ASSIGNED"],
    ["ASSIGNED", { phase: "ROLLED_BACK", seq: 4 }, "ASSIGNED"],
  ])("%s + %j → %s", (state, event, expected) => {
    expect(apply(state, event)).toBe(expected);
  });

  test("ASSIGNED + ACTIVE with what ran before → REVERTED, once the rollout goes back", () => {
    expect(apply("ASSIGNED", { phase: "ACTIVE", ...target }, true)).toBe("REVERTED");
  });

  test.each<[string, Partial<DeviceFacts>, number, RolloutDeviceState]>([
    ["ASSIGNED + offline → UNREACHED", { online: false }, 1, "UNREACHED"],
    ["DOWNLOADING + offline for a moment → DOWNLOADING", { state: "DOWNLOADING", online: false }, 29, "DOWNLOADING"],
    ["DOWNLOADING + offline for half a minute → UNREACHED", { state: "DOWNLOADING", online: false }, 30, "UNREACHED"],
    ["UNREACHED + online → ASSIGNED", { state: "UNREACHED" }, 1, "ASSIGNED"],
    ["ASSIGNED + revoked → CANCELLED", { online: false, revoked: true }, 1, "CANCELLED"],
    ["SUCCEEDED + revoked → SUCCEEDED", { state: "SUCCEEDED", revoked: true }, 1, "SUCCEEDED"],
    ["PROBING + deadline over → TIMED_OUT", { state: "PROBING" }, 600, "TIMED_OUT"],
    [
      "UNREACHED + online after its deadline → ASSIGNED, with the same time again",
      { state: "UNREACHED", updatedAt: after(700) },
      900,
      "ASSIGNED",
    ],
    ["QUEUED + no variant fits → REFUSED", { state: "QUEUED", refusal: { code: "OPSET_TOO_NEW", message: "opset 25" } }, 1, "REFUSED"],
  ])("%s", (_, change, seconds, expected) => {
    const others = assignedDevice({ deviceId: "other", state: "PROBING", assignedAt: after(seconds) });
    const snapshot = rolloutOf({ devices: [assignedDevice(change), others], gates: { ...rolloutOf().gates, failureRateMax: null } });
    expect(step(snapshot, seconds).next.devices[0]?.state).toBe(expected);
  });

  test("retry takes the failed and the refused, and neither a superseded nor a revoked one", () => {
    const states: RolloutDeviceState[] = ["FAILED", "REFUSED", "TIMED_OUT", "SUCCEEDED", "UNREACHED"];
    const devices = [
      ...states.map((state) => assignedDevice({ deviceId: state, state })),
      { ...rolledBack, deviceId: "superseded", superseded: true },
      { ...rolledBack, deviceId: "revoked", revoked: true },
    ];
    const { effects } = actAt(rolloutOf({ state: "PAUSED", devices }), { kind: "retry" }, after(20));
    expect(effects).toMatchObject([{ kind: "set-devices", deviceIds: ["FAILED", "REFUSED", "TIMED_OUT"], to: "QUEUED", again: true }]);
  });
});

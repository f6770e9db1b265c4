import { type RolloutOptions, rolloutOptionsSchema, weekdays } from "@flotilla/contracts";
import { describe, expect, test } from "vitest";
import * as given from "../testing/snapshots.ts";
import { DEFAULT_OPTIONS } from "./default-options.ts";
import { nextChangeAt } from "./next-change.ts";
import type { DeviceFacts } from "./snapshot.ts";
import { waitingDevices } from "./waiting-devices.ts";

const { actAt, after, assignedDevice, deviceOf, rolloutOf, runningStage, snapshotOf, stageOf, stepAt, tell } = given;
const withOptions = (options: Partial<RolloutOptions>, devices: readonly DeviceFacts[], change: Partial<given.TestRollout> = {}) =>
  rolloutOf({ options: { ...DEFAULT_OPTIONS, ...options }, devices, ...change });
const queued = (count: number, change: Partial<DeviceFacts> = {}) =>
  Array.from({ length: count }, (_, n) => deviceOf({ deviceId: `d${n}`, name: `cam-${n}`, ...change }));
const next = (rollout: given.TestRollout, seconds: number) => nextChangeAt(snapshotOf(rollout, after(seconds)), after(seconds));
const waits = (rollout: given.TestRollout, seconds: number) => waitingDevices(snapshotOf(rollout, after(seconds)), after(seconds));
const taken = ({ effects }: given.TestStep) => effects.flatMap((effect) => (effect.kind === "assign" ? effect.deviceIds : []));

test("a rollout that says nothing of its options has these", () => {
  expect(rolloutOptionsSchema.parse({})).toEqual(DEFAULT_OPTIONS);
});

describe("pace", () => {
  const pace = { kind: "constant", perMinute: 4 } as const;

  test("RUNNING + 4 a minute → 4 of 6 at once, and the others as their time comes", () => {
    const first = stepAt(withOptions({ pace }, queued(6)), after(0));
    expect(taken(first)).toEqual(["d0", "d1", "d2", "d3"]);
    expect(waits(first.next, 0)).toEqual([{ for: "pace", deviceCount: 2, until: after(15) }]);
    expect(next(first.next, 0)).toEqual(after(15));
    expect(taken(stepAt(first.next, after(14)))).toEqual([]);
    const second = stepAt(first.next, after(15));
    expect(taken(second)).toEqual(["d4"]);
    expect(taken(stepAt(second.next, after(30)))).toEqual(["d5"]);
  });
});

describe("maintenance windows", () => {
  // T0 is Sunday 12:00 UTC: 21:00 in Tokyo.
  const windows = [{ days: [...weekdays], from: "21:00", to: "22:00" }];
  const devices = [...queued(2, { timeZone: "Asia/Tokyo" }), deviceOf({ deviceId: "home", timeZone: "UTC" })];

  test("RUNNING + window open where the device is → ASSIGNED; the others wait, and are shown with when theirs opens", () => {
    const first = stepAt(withOptions({ windows }, devices), after(0));
    expect(taken(first)).toEqual(["d0", "d1"]);
    expect(waits(first.next, 0)).toEqual([{ for: "window", deviceCount: 1, until: after(9 * 3600) }]);
  });

  test("RUNNING + no window open → QUEUED: says so once, looks again when one opens, and assigns then", () => {
    const shut = stepAt(withOptions({ windows }, devices), after(3600));
    expect(tell(shut)).toMatchObject({ devices: ["QUEUED", "QUEUED", "QUEUED"], decisions: ["awaiting-window"] });
    expect(shut.decisions[0]?.message).toBe(
      "Stage “canary”: 3 devices wait for a maintenance window; the first opens at 2026-03-01 21:00 UTC.",
    );
    expect(stepAt(shut.next, after(3601)).decisions).toEqual([]);
    expect(next(shut.next, 3600)).toEqual(after(9 * 3600));
    expect(taken(stepAt(shut.next, after(9 * 3600)))).toEqual(["home"]);
  });

  test("a device at work when its window shuts goes on", () => {
    const busy = assignedDevice({ state: "DOWNLOADING", assignedAt: after(3590), updatedAt: after(3590), timeZone: "Asia/Tokyo" });
    expect(tell(stepAt(withOptions({ windows }, [busy]), after(3601))).devices).toEqual(["DOWNLOADING"]);
  });
});

describe("retries", () => {
  const retries = { limit: 1, backoffSeconds: 60 };
  const failed = assignedDevice({ state: "ROLLED_BACK", updatedAt: after(5), attempt: 1, reason: { code: "HOST_CRASHED", message: "x" } });

  test("ROLLED_BACK + a retry left → not judged, waits for its backoff, then ASSIGNED again", () => {
    const rollout = withOptions({ retries }, [failed]);
    expect(tell(stepAt(rollout, after(10)))).toMatchObject({ rollout: "RUNNING", devices: ["ROLLED_BACK"], decisions: [] });
    expect(waits(rollout, 10)).toEqual([{ for: "retry", deviceCount: 1, until: after(65) }]);
    expect(next(rollout, 10)).toEqual(after(65));
    expect(tell(stepAt(rollout, after(65)))).toMatchObject({ devices: ["ASSIGNED"], decisions: ["retried-by-itself"] });
  });

  test("each further time waits twice as long", () => {
    const third = withOptions({ retries: { limit: 3, backoffSeconds: 60 } }, [{ ...failed, attempt: 3 }]);
    expect(next(third, 10)).toEqual(after(5 + 240));
  });

  test("ROLLED_BACK + no retry left → HALTED", () => {
    expect(stepAt(withOptions({ retries }, [{ ...failed, attempt: 2 }]), after(10)).next.state).toBe("HALTED");
  });
});

describe("per-device timeout", () => {
  const at = (state: DeviceFacts["state"], online: boolean) => [assignedDevice({ state, online, updatedAt: after(50) })];
  const gates = given.gatesOf({ failureRateMax: null });

  test.each<[string, DeviceFacts[], number, DeviceFacts["state"]]>([
    ["PROBING + its time not over → PROBING", at("PROBING", true), 59, "PROBING"],
    ["PROBING + its time over → TIMED_OUT, long before the stage's deadline", at("PROBING", true), 60, "TIMED_OUT"],
    ["PROBING + offline → UNREACHED: it is not to blame", at("PROBING", false), 60, "UNREACHED"],
    ["UNREACHED + back after its time → ASSIGNED: it has the same time again", at("UNREACHED", true), 90, "ASSIGNED"],
  ])("%s", (_, devices, seconds, expected) => {
    const stages = [runningStage({}, { deadlineSeconds: 600 })];
    const first = stepAt(withOptions({ deviceTimeoutSeconds: 60 }, devices, { gates, stages }), after(seconds)).next;
    const { next: settled } = stepAt(first, after(seconds));
    expect(settled.devices[0]?.state).toBe(expected);
  });
});

describe("revert", () => {
  const runs = (deviceId: string, stageIndex: number) =>
    assignedDevice({ deviceId, stageIndex, state: "SUCCEEDED", settled: true, runsPrevious: false });
  const stages = [runningStage({ state: "PASSED" }), stageOf({ index: 1, state: "PASSED" })];
  const fleet = [runs("a0", 0), runs("a1", 0), runs("b0", 1)];
  const reverting = (options: Partial<RolloutOptions> = {}) =>
    actAt(withOptions(options, fleet, { state: "COMPLETED", stages }), { kind: "revert" }, after(0)).next;
  const sent = ({ effects }: given.TestStep) => effects.flatMap((effect) => (effect.kind === "send-back" ? effect.deviceIds : []));
  const become = (rollout: given.TestRollout, states: Record<string, DeviceFacts["state"]>) => ({
    ...rollout,
    devices: rollout.devices.map((device) => ({ ...device, state: states[device.deviceId] ?? device.state })),
  });

  test("REVERTING goes stage by stage: the next one once the one before is back", () => {
    const first = stepAt(reverting(), after(0));
    expect(sent(first)).toEqual(["a0", "a1"]);
    const half = stepAt(become(first.next, { a0: "REVERTED" }), after(10));
    expect(sent(half)).toEqual([]);
    const second = stepAt(become(half.next, { a1: "REVERTED" }), after(20));
    expect(sent(second)).toEqual(["b0"]);
    expect(stepAt(become(second.next, { b0: "REVERTED" }), after(30)).next).toMatchObject({
      state: "REVERTED",
      why: { message: "Reverted: 3 devices run what ran before." },
    });
  });

  test("REVERTING keeps its own pace", () => {
    const slow = reverting({ revertPace: { kind: "constant", perMinute: 1 } });
    const first = stepAt(slow, after(0));
    expect(sent(first)).toEqual(["a0"]);
    expect(next(first.next, 0)).toEqual(after(30));
    expect(waits(first.next, 0), "of the stage at work").toEqual([{ for: "pace", deviceCount: 1, until: after(60) }]);
    expect(sent(stepAt(first.next, after(60)))).toEqual(["a1"]);
  });

  test("REVERTING + devices that do not go back → HALTED: no further one is sent, and a revert goes on", () => {
    const first = stepAt(reverting(), after(0));
    const stuck = stepAt(become(first.next, { a0: "FAILED", a1: "REVERTED" }), after(10));
    expect(tell(stuck)).toMatchObject({ rollout: "HALTED", decisions: ["revert-halted"] });
    expect(sent(stuck)).toEqual([]);
    expect(stuck.next.why?.message).toBe("Revert halted: 1 of 2 devices did not go back. Look at it, then revert again to go on.");
    expect(() => actAt(stuck.next, { kind: "resume" }, after(11))).toThrow("it cannot resume");
    const again = actAt(stuck.next, { kind: "revert" }, after(20));
    expect(sent(stepAt(again.next, after(20)))).toEqual(["b0"]);
  });
});

import { expect, test } from "vitest";
import { after, assignedDevice, deviceOf, rolloutOf, runningStage, snapshotOf, T0, type TestRollout } from "../testing/snapshots.ts";
import { nextChangeAt } from "./next-change.ts";

const unreached = assignedDevice({ state: "UNREACHED", online: false });

test.each<[string, Partial<TestRollout>, number, Date | null]>([
  ["a device at work: its half minute for a reconnect", {}, 10, after(30)],
  ["one that is not reached: its deadline", { devices: [unreached] }, 10, after(600)],
  ["one that came back after its deadline: the same time again", { devices: [{ ...unreached, updatedAt: after(700) }] }, 701, after(1300)],
  ["a soak", { stages: [runningStage({ state: "SOAKING", soakUntil: after(60) })], devices: [] }, 10, after(60)],
  ["a soak that is over", { stages: [runningStage({ state: "SOAKING", soakUntil: after(60) })], devices: [] }, 60, null],
  ["a device whose turn has not come", { devices: [deviceOf()] }, 10, null],
  ["devices with an outcome", { devices: [assignedDevice({ state: "SUCCEEDED" })] }, 10, null],
  ["a rollout that goes back: its devices' time", { state: "REVERTING", devices: [unreached] }, 10, after(600)],
  ["a rollout that has ended", { state: "COMPLETED", devices: [unreached] }, 10, null],
])("%s", (_, change, seconds, expected) => {
  const now = new Date(T0.getTime() + seconds * 1000);
  expect(nextChangeAt(snapshotOf(rolloutOf(change), now), now)).toEqual(expected);
});

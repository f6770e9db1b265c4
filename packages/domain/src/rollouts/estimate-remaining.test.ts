import { expect, test } from "vitest";
import { estimateRemaining, type Remaining, type TimedStage } from "./estimate-remaining.ts";

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);
const NOW = at(1000);

const stage = (
  state: TimedStage["state"],
  soakSeconds: number,
  times: { from?: number; soak?: number; to?: number; manual?: boolean } = {},
) => ({
  spec: { soakSeconds, manual: times.manual ?? false },
  state,
  startedAt: times.from === undefined ? null : at(times.from),
  soakUntil: times.soak === undefined ? null : at(times.soak),
  finishedAt: times.to === undefined ? null : at(times.to),
});

const passed = stage("PASSED", 60, { from: 0, to: 160 });
const table: [string, TimedStage[], Remaining][] = [
  [
    "before anything was measured: the soaks, at least",
    [stage("RUNNING", 60, { from: 990 }), stage("WAITING", 30)],
    { seconds: 90, atLeast: true },
  ],
  ["a stage ahead takes what one before it took", [passed, stage("WAITING", 30)], { seconds: 130, atLeast: false }],
  ["what a stage has worked already counts", [passed, stage("RUNNING", 30, { from: 960 })], { seconds: 90, atLeast: false }],
  [
    "a stage that takes longer than the one before has only its soak left",
    [passed, stage("RUNNING", 30, { from: 500 })],
    { seconds: 30, atLeast: false },
  ],
  ["a soak ends when it ends", [stage("SOAKING", 60, { from: 900, soak: 1020 })], { seconds: 20, atLeast: false }],
  [
    "a person may take any time",
    [passed, stage("SOAKING", 60, { soak: 1010, manual: true }), stage("WAITING", 0)],
    { seconds: 110, atLeast: true },
  ],
  ["the last stage needs no person", [passed, stage("SOAKING", 60, { soak: 1010, manual: true })], { seconds: 10, atLeast: false }],
  [
    "the middle of what was seen",
    [stage("PASSED", 0, { from: 0, to: 10 }), stage("PASSED", 0, { from: 10, to: 40 }), stage("WAITING", 0)],
    { seconds: 20, atLeast: false },
  ],
];
test.each(table)("%s", (_, stages, expected) => {
  expect(estimateRemaining("RUNNING", stages, NOW)).toEqual(expected);
});

test.each(["DRAFT", "PAUSED", "HALTED", "COMPLETED", "REVERTING"] as const)("a rollout that is %s has no end to foresee", (state) => {
  expect(estimateRemaining(state, [passed], NOW)).toBeNull();
});

import type { SearchGoal } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { checkGoal, defaultGoalChoice, gatesOfGoal, type GoalChoice, type GoalErrors, toGoal } from "./goal-choice.ts";
import { budgetOf, missedBy } from "./goal-limits.ts";

const choice: GoalChoice = { ...defaultGoalChoice, size: 60, calibrationId: "set" };
const goal: SearchGoal = {
  targetProfile: "x64-avx2",
  maxSizeBytes: 60_000,
  maxLatencyMs: null,
  minSpeedup: 2,
  minAgreement: 0.99,
  maxAccuracyDrop: null,
};
const source = { sizeBytes: 120_000, score: 0.991, latencyMs: 0.4 };

test("a form becomes a goal: units are bytes and shares, and only the chosen measure of quality counts", () => {
  expect(toGoal({ ...choice, size: 1.5, sizeUnit: "MB" })).toMatchObject({
    maxSizeBytes: 1_500_000,
    minAgreement: 0.99,
    maxAccuracyDrop: null,
  });
  expect(toGoal({ ...choice, quality: "accuracy" })).toMatchObject({ minAgreement: null, maxAccuracyDrop: 0.5 });
});

test.each<[string, Partial<GoalChoice>, boolean, GoalErrors]>([
  ["a size and an agreement", {}, false, {}],
  ["nothing to reach", { size: null, agreementPercent: null }, false, { form: "noLimit" }],
  ["a time on a device that another runtime measures", { targetProfile: "mcu-tflite", speedup: 2 }, false, { speedup: "noTimes" }],
  ["a size for it", { targetProfile: "mcu-tflite" }, false, {}],
  ["a size of nothing", { size: 0 }, false, { size: "notPositive" }],
  ["more than all", { agreementPercent: 101 }, false, { agreementPercent: "notPercent" }],
  ["accuracy without labels", { quality: "accuracy" }, false, { quality: "noLabels" }],
  ["accuracy with labels", { quality: "accuracy" }, true, {}],
  ["no images to calibrate on", { calibrationId: "" }, false, { calibrationId: "noCalibration" }],
  ["an agreement out of range that is not asked for", { quality: "accuracy", agreementPercent: 101 }, true, {}],
])("%s", (_, change, labelled, errors) => {
  expect(checkGoal({ ...choice, ...change }, labelled)).toEqual(errors);
});

test("a goal travels with its variant as gates; accuracy only where it can be counted", () => {
  expect(gatesOfGoal(goal, false)).toEqual([
    { metric: "size-bytes", comparison: "at-most", limit: 60_000 },
    { metric: "latency-ratio", comparison: "at-most", limit: 0.5 },
    { metric: "agreement", comparison: "at-least", limit: 0.99 },
  ]);
  const accurate = { ...goal, minAgreement: null, maxAccuracyDrop: 1 };
  expect(gatesOfGoal(accurate, false).map(({ metric }) => metric)).not.toContain("accuracy-drop");
  expect(gatesOfGoal(accurate, true)).toContainEqual({ metric: "accuracy-drop", comparison: "at-most", limit: 1 });
});

test("the plot's lines: the stricter of latency and speed-up, and the accuracy that is left", () => {
  expect(budgetOf(goal, source)).toEqual({ maxSizeBytes: 60_000, maxLatencyMs: 0.2, minAgreement: 0.99 });
  expect(budgetOf({ ...goal, maxLatencyMs: 0.1 }, source).maxLatencyMs).toBe(0.1);
  expect(budgetOf({ ...goal, minAgreement: null, maxAccuracyDrop: 1 }, source).minAgreement).toBeCloseTo(0.981);
});

test("what a candidate misses is said in its own units; what was not measured is missed", () => {
  const measured = { sizeBytes: 61_000, score: 0.995, samples: 256, latencyMs: 0.3, speedup: null, sqnrDb: 20 };
  expect(missedBy(goal, source, measured)).toEqual([
    { measure: "size", by: 1000 },
    { measure: "speedup", by: null },
  ]);
});

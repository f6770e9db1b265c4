import type { GateReading, RolloutDeviceState, RolloutGateName, RolloutGates } from "@flotilla/contracts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cohortsOf } from "../rollouts/form-cohorts.ts";
import type { DeviceFacts } from "../rollouts/snapshot.ts";
import { deviceOf, gatesOf, probeOf, T0 } from "../testing/snapshots.ts";
import { judgeGates } from "./judge-gates.ts";
import { median, medianInterval } from "./median.ts";
import { wilsonInterval } from "./wilson.ts";

describe("Wilson's interval", () => {
  // Brown, Cai, DasGupta 2001; the same numbers as R's binom.wilson and statsmodels' proportion_confint(method="wilson").
  test.each([
    [0, 10, 0, 0.2775],
    [1, 10, 0.0179, 0.4042],
    [3, 4, 0.3006, 0.9544],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
    [50, 1000, 0.0381, 0.0653],
  ])("%d of %d is %f to %f", (hits, count, low, high) => {
    const interval = wilsonInterval(hits, count);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  });

  test("of nothing knows nothing", () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  });

  test("holds the share, stays within 0…1, and narrows with the sample", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (count, share) => {
        const hits = Math.round(share * count);
        const [low, high] = wilsonInterval(hits, count);
        const [low10, high10] = wilsonInterval(hits * 10, count * 10);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(hits / count + 1e-12);
        expect(high).toBeGreaterThanOrEqual(hits / count - 1e-12);
        expect(high10 - low10).toBeLessThan(high - low);
      }),
    );
  });
});

test.each([
  [[], null],
  [[3], 3],
  [[3, 1], 2],
  [[9, 1, 5], 5],
])("the median of %j is %j", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test.each([
  // Ranks from a table of the sign test, two-sided, at least 95 %.
  [5, null],
  [6, [1, 6]],
  [9, [2, 8]],
  [20, [6, 15]],
  [2000, [956, 1045]],
])("the median's interval over %d values is the ranks %j", (count, ranks) => {
  expect(medianInterval(Array.from({ length: count }, (_, index) => index + 1))).toEqual(ranks);
});

type Given = Pick<DeviceFacts, "state" | "probe">;
const judge = (gates: RolloutGates, devices: readonly Given[]) =>
  judgeGates(
    gates,
    cohortsOf(
      devices.map((device, n) => deviceOf({ ...device, deviceId: `d${n}` })),
      [],
      T0,
    ),
  );
const many = (count: number, state: RolloutDeviceState, probe: Given["probe"] = null): Given[] =>
  Array.from({ length: count }, () => ({ state, probe }));
function read(gate: RolloutGateName, devices: readonly Given[], gates: Partial<RolloutGates> = {}): GateReading {
  const reading = judge(gatesOf(gates), devices).find((one) => one.gate === gate);
  if (reading === undefined) throw new Error(gate);
  return reading;
}

describe("the failure rate", () => {
  test.each<[string, Given[], GateReading["verdict"]]>([
    ["a canary of one that is at work: waiting", many(1, "PROBING"), "waiting"],
    ["a canary of one that succeeded: holds, less than the minimum sample is all of it", many(1, "SUCCEEDED"), "holds"],
    ["a canary of one that rolled back: fails", many(1, "ROLLED_BACK"), "fails"],
    ["one of three failed, two at work: fails, whatever they do", [...many(1, "FAILED"), ...many(2, "DOWNLOADING")], "fails"],
    ["two of two failed in a stage of 100: waiting for the minimum sample", [...many(2, "FAILED"), ...many(98, "ASSIGNED")], "waiting"],
    ["three of three failed in a stage of 100: fails", [...many(3, "FAILED"), ...many(97, "ASSIGNED")], "fails"],
    [
      "one of three failed in a stage of 100: holds, it may be chance",
      [...many(1, "FAILED"), ...many(2, "SUCCEEDED"), ...many(97, "ASSIGNED")],
      "holds",
    ],
    ["one of ten failed, limit 10 %: holds", [...many(1, "TIMED_OUT"), ...many(9, "SUCCEEDED")], "holds"],
    ["nobody to judge: holds", [], "holds"],
  ])("%s", (_, devices, verdict) => {
    expect(read("failure-rate", devices).verdict).toBe(verdict);
  });

  test("is off without a limit", () => {
    expect(read("failure-rate", many(3, "FAILED"), { failureRateMax: null })).toMatchObject({ verdict: "off", value: 1 });
  });
});

describe("what devices measured", () => {
  test("agreement is pooled over inputs, and a share that equals its limit holds", () => {
    const devices = [
      ...many(1, "SUCCEEDED", probeOf({ goldenCount: 100, goldenAgreement: 0.98 })),
      ...many(1, "SUCCEEDED", probeOf({ goldenCount: 100 })),
    ];
    expect(read("golden-agreement", devices)).toMatchObject({ value: 0.99, verdict: "holds", sampleCount: 2, neededCount: 2 });
    expect(read("golden-agreement", devices, { goldenAgreementMin: 0.995 }).verdict).toBe("fails");
  });

  test.each<[RolloutGateName, Given[], Partial<GateReading>]>([
    ["latency-p95", many(1, "SUCCEEDED", probeOf({ latencyP95Ms: 8 })), { value: 2, verdict: "fails" }],
    ["latency-p95", many(1, "SUCCEEDED", probeOf({ baselineP95Ms: null })), { value: null, verdict: "holds", neededCount: 0 }],
    ["latency-p95", [...many(1, "SUCCEEDED", probeOf({ latencyP95Ms: 8 })), ...many(2, "ASSIGNED")], { value: 2, verdict: "waiting" }],
    ["memory", many(3, "SUCCEEDED", probeOf({ memoryBytes: 150 })), { value: 1.5, verdict: "holds" }],
    ["memory", many(3, "SUCCEEDED", probeOf({ memoryBytes: 151 })), { value: 1.51, verdict: "fails" }],
    ["memory", many(3, "SUCCEEDED", probeOf({ baselineMemoryBytes: 0 })), { value: null, verdict: "holds" }],
  ])("%s over %j reads %j", (gate, devices, expected) => {
    expect(read(gate, devices)).toMatchObject(expected);
  });

  test("no gate waits once every device has an outcome", () => {
    const state = fc.constantFrom<RolloutDeviceState>("SUCCEEDED", "FAILED", "ROLLED_BACK", "TIMED_OUT");
    const probe = fc
      .option(fc.record({ golden: fc.boolean(), baseline: fc.boolean() }))
      .map((has) =>
        has === null
          ? null
          : probeOf({ ...(has.golden ? {} : { goldenAgreement: null }), ...(has.baseline ? {} : { baselineP95Ms: null }) }),
      );
    fc.assert(
      fc.property(fc.array(fc.record({ state, probe }), { maxLength: 12 }), fc.integer({ min: 1, max: 12 }), (devices, minimumSample) => {
        for (const { verdict } of judge(gatesOf({ minimumSample }), devices)) expect(verdict).not.toBe("waiting");
      }),
    );
  });
});

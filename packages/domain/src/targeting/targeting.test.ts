import type { StageSpec } from "@flotilla/contracts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { specOf } from "../testing/snapshots.ts";
import { assignStages, stageTotals } from "./assign-stages.ts";
import { hash32, hashAfter } from "./hash.ts";

const count = (value: number): StageSpec => specOf({ target: { kind: "count", count: value } });
const percent = (value: number): StageSpec => specOf({ target: { kind: "percent", percent: value } });
const fleet = (size: number) => Array.from({ length: size }, (_, n) => ({ deviceId: `device-${n}`, tags: {} as Record<string, string> }));

test.each([
  ["1, 60 %, all of 5", [count(1), percent(60), percent(100)], 5, [1, 3, 5]],
  ["a percentage rounds up: 1 % of 5 is a device", [percent(1), percent(100)], 5, [1, 5]],
  ["the last stage is everybody, whatever it says", [count(1), percent(50)], 4, [1, 4]],
  ["a stage never takes back what an earlier one has", [count(4), percent(25), percent(100)], 8, [4, 4, 8]],
  ["more than there are", [count(10), percent(100)], 3, [3, 3]],
])("stage totals: %s", (_, stages, total, expected) => {
  expect(stageTotals(stages, total)).toEqual(expected);
});

describe("stage membership", () => {
  const stages = [count(2), percent(50), percent(100)];

  test("is stable for ever: the hash of a known text does not change", () => {
    expect([hash32(""), hash32("rollout/device"), hash32("é")]).toEqual([2872998923, 4188297354, 3136788073]);
  });

  test("goes through a common beginning once: the hash is that of the whole text", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (beginning, rest) => hashAfter(beginning)(rest) === hash32(beginning + rest)));
  });

  test("does not depend on the order in which devices are given", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(fleet(20), { minLength: 20 }), (devices) => {
        const stageOf = (given: typeof devices) => new Map(assignStages("r", stages, given).map((stage, n) => [given[n]?.deviceId, stage]));
        expect(stageOf(devices)).toEqual(stageOf(fleet(20)));
      }),
    );
  });

  test("fills each stage up to its total, test devices first", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (rolloutId, isTest) => {
        const devices = isTest.map((test, n) => ({ deviceId: `d${n}`, tags: (test ? { test: "true" } : {}) as Record<string, string> }));
        const stageOf = assignStages(rolloutId, stages, devices);
        const totals = stageTotals(stages, devices.length);
        totals.forEach((total, index) => expect(stageOf.filter((stage) => stage <= index)).toHaveLength(total));
        const latest = (test: boolean) => stageOf.filter((_, n) => isTest[n] === test);
        if (isTest.includes(true) && isTest.includes(false))
          expect(Math.max(...latest(true))).toBeLessThanOrEqual(Math.max(...latest(false)));
      }),
    );
  });

  test("differs between rollouts, so that not always the same device is the canary", () => {
    const canaries = Array.from({ length: 50 }, (_, n) => {
      const stageOf = assignStages(`rollout-${n}`, [count(1), percent(100)], fleet(10));
      return stageOf.indexOf(0);
    });
    expect(new Set(canaries).size).toBeGreaterThan(5);
  });
});

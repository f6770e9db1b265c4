import type { RolloutPace } from "@flotilla/contracts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { after, T0 } from "../testing/snapshots.ts";
import { allowance, nextPortionAt, rateAt, spend } from "./pace-devices.ts";

const constant = (perMinute: number): RolloutPace => ({ kind: "constant", perMinute });
const growing: RolloutPace = { kind: "exponential", startPerMinute: 10, factor: 2, everySeconds: 60, maxPerMinute: 50 };

test.each([
  [0, 10],
  [59, 10],
  [60, 20],
  [120, 40],
  [180, 50],
  [100_000, 50],
])("an exponential pace after %d s: %d a minute", (seconds, rate) => {
  expect(rateAt(growing, T0, after(seconds))).toBe(rate);
});

test("a minute's devices at once at the beginning, then as many a minute", () => {
  const paced = { pace: constant(60), pacedFrom: T0, pacedAt: null };
  expect(allowance(paced, T0)).toBe(60);
  const spent = { ...paced, pacedAt: spend(paced, 60, T0) };
  expect(allowance(spent, T0)).toBe(0);
  expect(allowance(spent, after(1))).toBe(1);
  expect(nextPortionAt(spent, T0)).toEqual(after(5));
  expect(allowance(spent, after(3600)), "what a rollout did not take while it waited is lost").toBe(60);
});

test("over any hour no more devices get it than the pace and one full bucket allow", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.array(fc.integer({ min: 1, max: 120_000 }), { maxLength: 60 }),
      (perMinute, waits) => {
        let now = T0.getTime();
        let paced = { pace: constant(perMinute), pacedFrom: T0, pacedAt: null as Date | null };
        let total = 0;
        for (const wait of waits) {
          now += wait;
          const devices = allowance(paced, new Date(now));
          total += devices;
          if (devices > 0) paced = { ...paced, pacedAt: spend(paced, devices, new Date(now)) };
          const next = nextPortionAt(paced, new Date(now));
          expect(next.getTime()).toBeGreaterThan(now);
          expect(allowance(paced, next)).toBeGreaterThan(0);
        }
        expect(total).toBeLessThanOrEqual(perMinute + ((now - T0.getTime()) * perMinute) / 60_000 + 1e-6);
      },
    ),
  );
});

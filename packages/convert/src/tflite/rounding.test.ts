import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundingNudge } from "./rounding.ts";

/** TFLite's kernels: the sum times a 31-bit mantissa, rounded up at a half, then the shift, rounded up at a half. */
function rescale(sum: number, multiplier: number): number {
  let [mantissa, shift] = [multiplier, 0];
  while (mantissa < 0.5) [mantissa, shift] = [mantissa * 2, shift + 1];
  const product = BigInt(sum) * BigInt(Math.round(mantissa * 2 ** 31));
  const high = (product + (1n << 30n)) >> 31n;
  return Number(shift === 0 ? high : (high + (1n << BigInt(shift - 1))) >> BigInt(shift));
}

const multipliers = fc.double({ min: 2 ** -14, max: 0.999, noNaN: true });
const sums = fc.integer({ min: -200_000, max: 200_000 });

describe("the nudge of a sum", () => {
  it("makes one rounding give what TFLite's two give, away from float's last bits", () => {
    fc.assert(
      fc.property(sums, multipliers, (sum, multiplier) => {
        const steps = sum * multiplier + roundingNudge(multiplier);
        fc.pre(Math.abs(steps - Math.floor(steps) - 0.5) > 1e-6);
        expect(Math.round(steps) + 0).toBe(rescale(sum, multiplier));
      }),
      { numRuns: 2_000 },
    );
  });

  it("is needed: without it about one sum of a thousand comes out a step lower", () => {
    const multiplier = 0.003;
    const wrong = Array.from({ length: 100_000 }, (_, sum) => sum - 50_000).filter(
      (sum) => Math.round(sum * multiplier) !== rescale(sum, multiplier),
    );
    expect(wrong.length).toBeGreaterThan(50);
    expect(wrong.every((sum) => Math.round(sum * multiplier) + 1 === rescale(sum, multiplier))).toBe(true);
  });

  it("is nothing where there is nothing to round", () => {
    expect([roundingNudge(0), roundingNudge(NaN), roundingNudge(1.5), roundingNudge(0.75)]).toEqual([0, 0, 0, 0]);
  });
});

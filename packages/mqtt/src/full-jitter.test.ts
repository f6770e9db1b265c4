import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullJitterMs } from "./full-jitter.ts";

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("fullJitterMs", () => {
  it("waits between nothing and twice as long each time, at most a minute", () => {
    fc.assert(
      fc.property(fc.nat(1_000), unit, (attempt, random) => {
        const waitMs = fullJitterMs(attempt, random);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThan(Math.min(60_000, 1_000 * 2 ** attempt));
      }),
    );
  });

  it("spreads: the wait follows the random number over the whole range", () => {
    expect([0, 0.25, 0.5, 0.999].map((random) => fullJitterMs(10, random))).toEqual([0, 15_000, 30_000, 59_940]);
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  asymmetricParams,
  dequantiseValue,
  INT8_RANGE,
  INT8_SYMMETRIC,
  quantiseValue,
  symmetricParams,
  UINT8_RANGE,
} from "./scale-maths.ts";

const bound = fc.float({ min: Math.fround(-1e6), max: Math.fround(1e6), noNaN: true });

describe("scale maths", () => {
  test.each([UINT8_RANGE, INT8_RANGE])("zero is exact", (range) => {
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        const params = asymmetricParams(Math.min(a, b), Math.max(a, b), range);
        expect(dequantiseValue(quantiseValue(0, params, range), params)).toBe(0);
      }),
    );
  });

  test("a value inside the range comes back within half a step", () => {
    fc.assert(
      fc.property(bound, bound, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, at) => {
        const [low, high] = [Math.min(a, b, 0), Math.max(a, b, 0)];
        fc.pre(high - low > 1e-6);
        const params = asymmetricParams(low, high, UINT8_RANGE);
        const value = low + (high - low) * at;
        // A zero point rounded to an integer moves the ends by up to half a step, so one step in all.
        expect(Math.abs(dequantiseValue(quantiseValue(value, params, UINT8_RANGE), params) - value)).toBeLessThanOrEqual(
          params.scale * 1.001,
        );
      }),
    );
  });

  test("symmetric weights mirror: q(−w) = −q(w)", () => {
    fc.assert(
      fc.property(bound, bound, (absMax, value) => {
        const params = symmetricParams(Math.abs(absMax), INT8_SYMMETRIC);
        expect(quantiseValue(-value, params, INT8_SYMMETRIC) + quantiseValue(value, params, INT8_SYMMETRIC)).toBe(0);
      }),
    );
  });

  test("halves round to even", () => {
    const params = { scale: 1, zeroPoint: 0 };
    expect([0.5, 1.5, 2.5, -0.5, -1.5].map((value) => quantiseValue(value, params, INT8_RANGE) + 0)).toEqual([0, 2, 2, 0, -2]);
  });
});

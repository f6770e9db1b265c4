import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noise } from "../../test-support/build-model.ts";
import { asymmetricParams, dequantiseValue, quantiseValue, UINT8_RANGE } from "../scale-maths.ts";
import { AdaptiveHistogram, type Histogram } from "./adaptive-histogram.ts";
import { RangeObserver } from "./range-observer.ts";
import { onlyFinite, scanRange } from "./scan-range.ts";

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
/** Multiples of a power of two: every bin edge is exact however wide the bins are. */
const coarse = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 1024);

function histogramOf(batches: readonly Float32Array[]): Histogram {
  const histogram = new AdaptiveHistogram();
  for (const batch of batches) {
    const { min, max } = scanRange(batch);
    histogram.add(batch, Math.max(-min, max));
  }
  return histogram.read();
}

test.each(["min-max", "moving-average"] as const)("the ends of each sample give %s the ranges that all of its values give", (rule) => {
  const sample = fc.array(float, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 6 }), (drawn) => {
      const [whole, ends] = [new RangeObserver({ histograms: false }), new RangeObserver({ histograms: false })];
      for (const values of drawn) {
        whole.observe("x", Float32Array.from(values));
        ends.observe("x", Float32Array.of(Math.min(...values), Math.max(...values)));
      }
      expect(ends.ranges({ observer: rule })).toEqual(whole.ranges({ observer: rule }));
    }),
  );
});

describe("scanRange", () => {
  test("finds both ends of finite values and 0", () => {
    fc.assert(
      fc.property(fc.array(float, { maxLength: 40 }), (values) => {
        const given = Float32Array.from(values);
        expect(scanRange(given)).toEqual({ min: Math.min(0, ...given) + 0, max: Math.max(0, ...given) + 0, finite: true });
      }),
    );
  });

  test.each([NaN, Infinity, -Infinity])("%s is no finite value, wherever it stands", (odd) => {
    for (let place = 0; place < 5; place += 1) {
      const values = Float32Array.from({ length: 5 }, (_, index) => (index === place ? odd : index - 2));
      expect(scanRange(values).finite).toBe(false);
      expect(onlyFinite(values)).toHaveLength(4);
    }
  });
});

describe("AdaptiveHistogram", () => {
  test("does not depend on the order of the values nor on the batches", () => {
    fc.assert(
      fc.property(fc.array(coarse, { minLength: 2, maxLength: 60 }), fc.nat(), (values, cut) => {
        const at = cut % values.length;
        const [head, tail] = [Float32Array.from(values.slice(0, at)), Float32Array.from(values.slice(at))];
        const whole = histogramOf([Float32Array.from(values)]);
        expect(histogramOf([head, tail])).toEqual(whole);
        expect(histogramOf([tail, head])).toEqual(whole);
      }),
    );
  });

  test("each bin counts the values between its edges", () => {
    const values = noise(5000, 3).map((value) => value * 12.5);
    const { first, width, counts } = histogramOf([values.subarray(0, 100), values.subarray(100)]);
    const wanted = new Float64Array(counts.length);
    for (const value of values) {
      const bin = Math.floor(value / width) - first;
      wanted[bin] = (wanted[bin] ?? 0) + 1;
    }
    expect(counts).toEqual(wanted);
    expect(Math.max(-first, first + counts.length)).toBeGreaterThan(2048);
  });

  test("zeros alone have a bin", () => {
    expect(histogramOf([new Float32Array(7)])).toEqual({ first: 0, width: 1, counts: Float64Array.of(7) });
  });
});

describe("RangeObserver", () => {
  const skewed = noise(4000, 5).map((value, index) => (index % 2 === 0 ? Math.max(0, value) ** 3 * 9 : value - 0.2));

  function observed(values: Float32Array): RangeObserver {
    const observer = new RangeObserver();
    for (let start = 0; start < values.length; start += 1000) observer.observe("v", values.subarray(start, start + 1000));
    return observer;
  }

  test("min-max is the range of all finite values and 0; the others are counted", () => {
    const observer = new RangeObserver({ histograms: false });
    observer.observe("v", Float32Array.of(1, NaN, 3, Infinity));
    observer.observe("v", Float32Array.of(2, 5));
    expect(observer.ranges().get("v")).toEqual({ min: 0, max: 5 });
    expect(observer.skipped().get("v")).toBe(2);
  });

  test("the moving average moves a hundredth of the way to each sample", () => {
    const observer = new RangeObserver({ histograms: false });
    observer.observe("v", Float32Array.of(-1, 10));
    observer.observe("v", Float32Array.of(-2, 20));
    const range = observer.ranges({ observer: "moving-average" }).get("v");
    expect([range?.min, range?.max]).toEqual([-1.01, 10.1]);
  });

  test.each([90, 99, 99.9])("the %s th percentile is that of all values, within a bin", (percentile) => {
    const sorted = [...skewed].sort((a, b) => a - b);
    const cut = ((100 - percentile) / 200) * sorted.length;
    const [low = 0, high = 0] = [sorted[Math.floor(cut)], sorted[sorted.length - 1 - Math.floor(cut)]];
    const observer = observed(skewed);
    const width = observer.histogramOf("v")?.width ?? 0;
    const range = observer.ranges({ observer: "percentile", percentile }).get("v");
    expect(Math.abs((range?.min ?? 0) - low)).toBeLessThanOrEqual(width);
    expect(Math.abs((range?.max ?? 0) - high)).toBeLessThanOrEqual(width);
  });

  test("mse has no more error over all values than a grid of other ranges", () => {
    const error = (min: number, max: number): number => {
      const params = asymmetricParams(min, max, UINT8_RANGE);
      return skewed.reduce((sum, value) => sum + (dequantiseValue(quantiseValue(value, params, UINT8_RANGE), params) - value) ** 2, 0);
    };
    const observer = observed(skewed);
    const { min = 0, max = 0 } = observer.ranges({ observer: "mse" }).get("v") ?? {};
    const full = observer.ranges().get("v") ?? { min: 0, max: 0 };
    const chosen = error(min, max);
    for (let low = 0.1; low <= 1; low += 0.09)
      for (let high = 0.1; high <= 1; high += 0.09) expect(chosen).toBeLessThanOrEqual(error(full.min * low, full.max * high) * 1.01);
  });

  test("no other threshold diverges less than the one that entropy chooses", () => {
    // Half of a bell with a few values far out.
    const bell = noise(60_000, 9).map((value, index, all) =>
      index % 997 === 0 ? 4 + value : Math.abs(value + (all[(index * 7) % 60_000] ?? 0)),
    );
    const observer = observed(bell);
    const { width = 1, counts = new Float64Array() } = observer.histogramOf("v") ?? {};
    const divergenceAt = slowDivergences(counts);
    const end = Math.round((observer.ranges({ observer: "entropy" }).get("v")?.max ?? 0) / width);
    const chosen = divergenceAt(end);
    for (let other = 256; other <= counts.length; other += 16) expect(chosen).toBeLessThanOrEqual(divergenceAt(other) + 1e-9);
    for (let other = end - 8; other <= end + 8; other += 1) expect(chosen).toBeLessThanOrEqual(divergenceAt(other) + 1e-9);
    expect(end).toBeLessThan(counts.length);
  });

  test("a spike at one value does not decide for entropy", () => {
    const background = Float32Array.from(noise(40_000, 2), (value, index) => (index % 2 === 0 ? 0.3 : Math.abs(value)));
    expect(observed(background).ranges({ observer: "entropy" }).get("v")?.max).toBeGreaterThan(0.9);
  });

  test.each(["min-max", "moving-average", "percentile", "entropy", "mse"] as const)("symmetric %s reaches equally far", (kind) => {
    const range = observed(skewed).ranges({ observer: kind, symmetric: true }).get("v");
    expect(range?.max).toBeGreaterThan(0);
    expect(range?.min).toBe(-(range?.max ?? 0));
  });

  test("histograms that were not kept are asked for", () => {
    const observer = new RangeObserver({ histograms: false });
    observer.observe("v", skewed);
    expect(() => observer.ranges({ observer: "mse" })).toThrow(/needs histograms/);
  });
});

/** The divergence at an end bin from its definition, one bin at a time; for values of one sign. */
function slowDivergences(given: Float64Array): (end: number) => number {
  const filled = [...given.keys()].filter((bin) => (given[bin] ?? 0) > 0);
  const counts = new Float64Array(given.length);
  for (const [at, bin] of filled.entries())
    counts[bin] = Math.min(given[bin] ?? 0, Math.max(given[filled[at - 1] ?? -1] ?? 0, given[filled[at + 1] ?? -1] ?? 0));
  return (end) => {
    const outside = given.subarray(end).reduce((sum, count) => sum + count, 0);
    return outside > 0 && counts[end - 1] === 0 ? Infinity : slowDivergence(counts.subarray(0, end), outside);
  };
}

function slowDivergence(inside: Float64Array, outside: number): number {
  const wanted = inside.map((count, bin) => (bin === inside.length - 1 ? count + outside : count));
  const quantised = new Float64Array(inside.length);
  for (let level = 0; level < 256; level += 1) {
    const [from, to] = [Math.floor((level * inside.length) / 256), Math.floor(((level + 1) * inside.length) / 256)];
    const part = inside.subarray(from, to);
    const occupied = part.filter((count) => count > 0).length;
    const mean = part.reduce((sum, count) => sum + count, 0) / occupied;
    for (let bin = from; bin < to; bin += 1) quantised[bin] = (inside[bin] ?? 0) > 0 ? mean : 0;
  }
  const [all, kept] = [wanted, quantised].map((counts) => counts.reduce((sum, count) => sum + count, 0));
  return wanted.reduce((sum, count, bin) => {
    if (count === 0) return sum;
    return sum + (count / (all ?? 1)) * Math.log(count / (all ?? 1) / ((quantised[bin] ?? 0) / (kept ?? 1)));
  }, 0);
}

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compactHistogram } from "./compact-histogram.ts";

const histogram = fc.record({
  first: fc.integer({ min: -4096, max: 0 }),
  width: fc.integer({ min: -20, max: 20 }).map((exponent) => 2 ** exponent),
  counts: fc.array(fc.nat(1000), { minLength: 1, maxLength: 500 }).map((counts) => Float64Array.from(counts)),
});
const open = { min: -Infinity, max: Infinity };
const everything = { seen: open, range: open };
const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

test("no value is lost, and none is counted twice", () => {
  fc.assert(
    fc.property(histogram, fc.integer({ min: 1, max: 64 }), (given, bins) => {
      const compact = compactHistogram(given, bins, everything);
      expect(compact.counts.length).toBeLessThanOrEqual(bins);
      expect(sum(compact.counts)).toBe(sum(given.counts));
      expect(compact.clippedShare).toBe(0);
    }),
  );
});

test("a bar holds what lies between its edges", () => {
  fc.assert(
    fc.property(histogram, fc.integer({ min: 1, max: 64 }), (given, bins) => {
      const { start, binWidth, counts } = compactHistogram(given, bins, everything);
      for (const [index, count] of counts.entries()) {
        const [from, to] = [start + index * binWidth, start + (index + 1) * binWidth];
        const inside = [...given.counts].filter((_, fine) => {
          const centre = (given.first + fine + 0.5) * given.width;
          return centre >= from && centre < to;
        });
        expect(count).toBe(sum(inside));
      }
    }),
  );
});

test("the share that a range clips is counted on both of its sides", () => {
  const given = { first: -4, width: 0.5, counts: Float64Array.from([1, 0, 10, 20, 30, 20, 10, 9]) };
  expect(compactHistogram(given, 4, { seen: { min: -2, max: 2 }, range: { min: -1, max: 1.5 } }).clippedShare).toBeCloseTo(10 / 100);
  expect(compactHistogram(given, 4, { seen: { min: -2, max: 2 }, range: { min: -1, max: 1.5 } })).toMatchObject({
    start: -2,
    binWidth: 1,
    counts: [1, 30, 50, 19],
  });
});

test("values that are all zero are one bar", () => {
  const given = { first: 0, width: 1, counts: Float64Array.from([7]) };
  expect(compactHistogram(given, 64, { seen: { min: 0, max: 0 }, range: { min: 0, max: 0 } })).toEqual({
    start: 0,
    binWidth: 1,
    counts: [7],
    clippedShare: 0,
  });
});

test("the largest value itself is not outside of a range that ends with it", () => {
  const given = { first: 0, width: 0.25, counts: Float64Array.from([1, 1, 1, 1, 6]) };
  expect(compactHistogram(given, 64, { seen: { min: 0, max: 1 }, range: { min: 0, max: 1 } }).clippedShare).toBe(0);
  expect(compactHistogram(given, 64, { seen: { min: 0, max: 1.2 }, range: { min: 0, max: 1 } }).clippedShare).toBeCloseTo(0.6);
});

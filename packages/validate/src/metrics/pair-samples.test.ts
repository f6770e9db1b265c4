import { expect, test } from "vitest";
import { pairSamples } from "./index.ts";

/** Two classes, four samples: the second differs most and changes its class, the third a little, the others not at all. */
const source = [0.9, 0.1, 0.6, 0.4, 0.3, 0.7, 0.5, 0.5];
const variant = [0.9, 0.1, 0.2, 0.8, 0.25, 0.75, 0.5, 0.5];

test("the largest difference comes first, with the class and score of both models", () => {
  const pairs = pairSamples({ source, variant, sampleCount: 4, classification: true, labels: Int32Array.of(0, 1, -1, 0) });
  expect(pairs).toEqual([
    { sample: 1, label: 1, maxAbsError: expect.closeTo(0.4), source: { index: 0, value: 0.6 }, variant: { index: 1, value: 0.8 } },
    { sample: 2, label: null, maxAbsError: expect.closeTo(0.05), source: { index: 1, value: 0.7 }, variant: { index: 1, value: 0.75 } },
  ]);
});

test("without classes it is the value that differs most", () => {
  const [first] = pairSamples({ source: [1, 2, 3], variant: [1, 2.5, 3.1], sampleCount: 1, classification: false, labels: null });
  expect(first).toEqual({ sample: 0, label: null, maxAbsError: 0.5, source: { index: 1, value: 2 }, variant: { index: 1, value: 2.5 } });
});

test("twelve are kept of many, and what is no number can still be stored", () => {
  const many = Array.from({ length: 100 }, (_, sample) => sample / 100);
  const pairs = pairSamples({ source: many.map(() => 0), variant: many, sampleCount: 100, classification: false, labels: null });
  expect(pairs.map(({ sample }) => sample)).toEqual([99, 98, 97, 96, 95, 94, 93, 92, 91, 90, 89, 88]);
  const [broken] = pairSamples({ source: [1], variant: [Number.NaN], sampleCount: 1, classification: false, labels: null });
  expect(broken).toMatchObject({ maxAbsError: Number.MAX_VALUE, variant: { value: null } });
  expect(JSON.parse(JSON.stringify(broken))).toEqual(broken);
});

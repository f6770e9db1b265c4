import type { DetectionReading } from "@flotilla/contracts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boxIou, type Detection, suppressOverlaps } from "./boxes.ts";
import { compareDetections, detectionAgreement } from "./compare-detections.ts";
import { MaskComparison, readMask } from "./compare-masks.ts";
import { compareSequences, decodeSequence, editDistance } from "./compare-sequences.ts";
import { compareValues } from "./compare-values.ts";
import { readDetections } from "./read-detections.ts";
import { readRegions } from "./read-regions.ts";

const box = (left: number, top: number, side: number, score = 0.9, classIndex = 0): Detection => ({
  left,
  top,
  right: left + side,
  bottom: top + side,
  score,
  classIndex,
});
const anyBox = fc
  .record({
    left: fc.integer({ min: 0, max: 50 }),
    top: fc.integer({ min: 0, max: 50 }),
    side: fc.integer({ min: 1, max: 30 }),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    classIndex: fc.nat(2),
  })
  .map(({ left, top, side, score, classIndex }) => box(left, top, side, score, classIndex));

describe("detectors", () => {
  test("overlap of half-shifted squares is a third", () => {
    expect(boxIou(box(0, 0, 2), box(1, 0, 2))).toBeCloseTo(1 / 3, 12);
    expect(boxIou(box(0, 0, 2), box(2, 0, 2))).toBe(0);
  });

  test("overlap is symmetric, between 0 and 1, and 1 only for the same place", () => {
    fc.assert(
      fc.property(anyBox, anyBox, (a, b) => {
        const iou = boxIou(a, b);
        expect(iou).toBeCloseTo(boxIou(b, a), 12);
        expect(iou).toBeGreaterThanOrEqual(0);
        expect(iou).toBeLessThanOrEqual(1);
        expect(boxIou(a, a)).toBe(1);
      }),
    );
  });

  test("suppression keeps the best of a heap, other classes and other places", () => {
    const kept = suppressOverlaps([box(0, 0, 10, 0.6), box(1, 0, 10, 0.9), box(0, 0, 10, 0.7, 1), box(40, 0, 10, 0.5)], 0.5);
    expect(kept.map(({ score }) => score)).toEqual([0.9, 0.7, 0.5]);
  });

  test("a model agrees with itself entirely, whatever it found", () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyBox, { maxLength: 8 }), { maxLength: 4 }), (samples) => {
        const found = samples.map((sample) => suppressOverlaps(sample, 0.4));
        const metrics = compareDetections(found, found, 0.5);
        expect(detectionAgreement(metrics)).toBe(1);
        expect(metrics.meanAveragePrecision ?? 1).toBeCloseTo(1, 9);
      }),
    );
  });

  test("one lost, one moved too far, one of another class: a third agrees", () => {
    const source = [[box(0, 0, 10), box(40, 0, 10)], [box(0, 0, 10)]];
    const variant = [[box(1, 0, 10, 0.8)], [box(20, 0, 10, 0.95), box(0, 0, 10, 0.5, 1)]];
    const metrics = compareDetections(source, variant, 0.5);
    expect(metrics).toMatchObject({ sourceCount: 3, variantCount: 3, matchedCount: 1 });
    expect(detectionAgreement(metrics)).toBeCloseTo(2 / 6);
    // Class 0: the invented one comes first (0.95), then a hit at precision 1/2, recall 1/3.
    expect(metrics.meanAveragePrecision).toBeCloseTo(1 / 6, 12);
  });

  test("empty pictures agree, and precision over nothing is no number", () => {
    const metrics = compareDetections([[], []], [[], []], 0.5);
    expect([detectionAgreement(metrics), metrics.meanAveragePrecision]).toEqual([1, null]);
  });

  const reading: DetectionReading = {
    task: "detection",
    boxesOutput: "boxes",
    scoresOutput: "scores",
    boxFormat: "cxcywh",
    scoreKind: "logit",
    background: true,
    scoreThreshold: 0.5,
    iouThreshold: 0.5,
  };
  test.each([
    ["cxcywh", [5, 5, 4, 2], [3, 4, 7, 6]],
    ["xywh", [3, 4, 4, 2], [3, 4, 7, 6]],
    ["xyxy", [3, 4, 7, 6], [3, 4, 7, 6]],
    ["yxyx", [4, 3, 6, 7], [3, 4, 7, 6]],
  ] as const)("boxes as %s, logits, and a background column that is no class", (boxFormat, boxes, [left, top, right, bottom]) => {
    const output = {
      boxes: [...boxes, 0, 0, 1, 1],
      scores: [9, -1, 2, 9, -3, -2],
      count: 2,
      boxColumns: 4,
      scoreColumns: 3,
      scoreStart: 0,
    };
    const [first, ...others] = readDetections([output], { ...reading, boxFormat });
    expect(first).toEqual({ left, top, right, bottom, classIndex: 2, score: 1 / (1 + Math.exp(-2)) });
    expect(others).toEqual([]);
  });

  test("scores behind the boxes of one tensor", () => {
    const tensor = [0, 0, 2, 2, 0.1, 0.7];
    const output = { boxes: tensor, scores: tensor, count: 1, boxColumns: 6, scoreColumns: 6, scoreStart: 4 };
    expect(readDetections([output], { ...reading, boxFormat: "xyxy", scoreKind: "probability", background: false })).toMatchObject([
      { score: 0.7, classIndex: 1 },
    ]);
  });

  test("boxes around the cells of a grid lie where their cell is", () => {
    const found = readDetections(
      [
        {
          boxes: [0, 0, 4, 4, 0, 0, 4, 4, 0, 0, 4, 4, 1, -1, 4, 4],
          scores: [-9, -9, -9, 3],
          count: 4,
          boxColumns: 4,
          scoreColumns: 1,
          scoreStart: 0,
          // Two boxes a cell, two cells a row: the fourth box is of the second cell.
          grid: { stride: 8, columns: 2, perCell: 2 },
        },
      ],
      { ...reading, background: false },
    );
    expect(found).toMatchObject([{ left: 11, top: 1, right: 15, bottom: 5, classIndex: 0 }]);
  });

  test("regions of a map are boxed, speckle is not, and diagonal neighbours are apart", () => {
    const rows = ["........", ".###....", ".###..#.", ".###....", "....####", "....####", "....####"];
    const map = rows.flatMap((row) => Array.from(row, (mark) => (mark === "#" ? 0.8 : 0.1)));
    const found = readRegions(Float32Array.from(map), { height: 7, width: 8 }, 0.3);
    expect(found.map(({ left, top, right, bottom }) => [left, top, right, bottom])).toEqual([
      [1, 1, 4, 4],
      [4, 4, 8, 7],
    ]);
    expect(found[0]?.score).toBeCloseTo(0.8, 6);
  });
});

describe("masks", () => {
  test("the same values in either layout give the same mask", () => {
    // Two pixels, three channels.
    expect([...readMask([1, 9, 5, 2, 3, 4], 0, { pixels: 2, classes: 3, channelsFirst: true })]).toEqual([1, 0]);
    expect([...readMask([1, 5, 3, 9, 2, 4], 0, { pixels: 2, classes: 3, channelsFirst: false })]).toEqual([1, 0]);
    expect([...readMask([0.4, 0.5], 0, { pixels: 2, classes: 1, channelsFirst: true })]).toEqual([0, 1]);
  });

  test("mean overlap is over the classes that either model saw", () => {
    const comparison = new MaskComparison();
    comparison.add(Uint16Array.of(0, 0, 1, 1), Uint16Array.of(0, 1, 1, 1));
    comparison.add(Uint16Array.of(0), Uint16Array.of(5));
    const { meanIou, pixelAgreement, perClass } = comparison.result();
    expect(perClass.map(({ index, iou }) => [index, iou])).toEqual([
      [0, 1 / 3],
      [1, 2 / 3],
      [5, 0],
    ]);
    expect(meanIou).toBeCloseTo(1 / 3, 12);
    expect(pixelAgreement).toBe(0.6);
  });
});

describe("values", () => {
  test("errors of a small case", () => {
    expect(compareValues([1, 3], [2, 3])).toEqual({ task: "regression", mae: 0.5, rmse: Math.SQRT1_2, relativeRmse: Math.SQRT1_2 });
  });

  test("values that do not vary have no relative error; NaN is the largest there is", () => {
    expect(compareValues([2, 2], [2, 3]).relativeRmse).toBeNull();
    const { rmse, mae } = compareValues([1, 2], [Number.NaN, 2]);
    expect([Number.isFinite(rmse), Number.isFinite(mae), mae > 1e300]).toEqual([true, true, true]);
  });
});

describe("sequences", () => {
  test("repeats merge, blanks drop, and a blank between two keeps both", () => {
    const steps = [1, 1, 0, 1, 2, 2, 0].flatMap((symbol) => [0, 1, 2].map((index) => (index === symbol ? 1 : 0)));
    expect(decodeSequence(steps, 0, 7, 3, 0)).toEqual([1, 1, 2]);
    expect(decodeSequence(steps, 0, 7, 3, 2)).toEqual([1, 0, 1, 0]);
  });

  test("equal share and edits per symbol", () => {
    const metrics = compareSequences([[1, 2, 3], [4], []], [[1, 2, 3], [4, 5], []]);
    expect(metrics).toEqual({ task: "sequence", equalShare: 2 / 3, characterErrorRate: 1 / 4, sampleCount: 3 });
  });

  test("edit distance is a metric", () => {
    const text = fc.array(fc.nat(3), { maxLength: 8 });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

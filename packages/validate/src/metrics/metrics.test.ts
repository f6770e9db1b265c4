import type { ValidationGate } from "@flotilla/contracts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  argMax,
  compareClasses,
  compareOutputs,
  differenceHistogram,
  evaluateGates,
  type Measurements,
  measureInterleaved,
  topOne,
} from "./index.ts";

describe("compareOutputs", () => {
  test("equal tensors are equal in every measure", () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 })), (values) => {
        const result = compareOutputs(values, values);
        expect(result).toMatchObject({ maxAbsError: 0, meanAbsError: 0, sqnrDb: null, allClose: true });
        expect(result.cosine).toBeCloseTo(1, 9);
      }),
    );
  });

  test("gives the numbers of a small case", () => {
    const result = compareOutputs([3, 4], [3, 5]);
    expect(result).toMatchObject({ maxAbsError: 1, meanAbsError: 0.5, allClose: false });
    expect(result.cosine).toBeCloseTo(29 / (5 * Math.sqrt(34)), 12);
    expect(result.sqnrDb).toBeCloseTo(10 * Math.log10(25), 12);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d is never close and gives numbers that JSON can carry", (value) => {
    const result = compareOutputs([1, 2], [value, 2]);
    expect(result).toMatchObject({ allClose: false, maxAbsError: Number.MAX_VALUE, cosine: 0 });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test("the histogram counts every difference once", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), (values) => {
        const { counts, edges } = differenceHistogram(
          values,
          values.map((value) => value * 1.5),
        );
        expect(counts).toHaveLength(edges.length - 1);
        expect(counts.reduce((a, b) => a + b, 0)).toBe(values.length);
      }),
    );
  });
});

describe("classes", () => {
  test("top-1 takes the first of equals and never NaN", () => {
    expect(argMax([1, 3, 3, Number.NaN])).toBe(1);
    expect([...topOne([0.1, 0.9, 0.7, 0.3], 2)]).toEqual([1, 0]);
  });

  const input = { source: Int32Array.of(0, 1, 1, 2), variant: Int32Array.of(0, 1, 2, 2), classCount: 3, classNames: ["cat", "dog"] };

  test("agreement needs no labels", () => {
    expect(compareClasses({ ...input, labels: null })).toEqual({
      agreement: 0.75,
      accuracy: null,
      confusion: null,
      perClass: [],
      disagreements: [{ sample: 2, label: null, source: 1, variant: 2 }],
    });
  });

  test("labels add accuracy, confusion and classes; a negative label is none", () => {
    const result = compareClasses({ ...input, labels: Int32Array.of(0, 1, 2, -1) });
    expect(result.accuracy).toEqual({ source: 2 / 3, variant: 1, labelled: 3 });
    expect(result.confusion).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(result.perClass).toEqual([
      { index: 0, label: "cat", count: 1, source: 1, variant: 1 },
      { index: 1, label: "dog", count: 1, source: 1, variant: 1 },
      { index: 2, label: "2", count: 1, source: 0, variant: 1 },
    ]);
  });
});

describe("measureInterleaved", () => {
  test("runs both by turns, changes who is first, and counts no warm-up", async () => {
    let clock = 0;
    const order: string[] = [];
    const model = (name: string, ms: number) => async () => {
      order.push(name);
      clock += ms;
    };
    const options = { warmUpRuns: 1, maxRuns: 4, minRuns: 1, maxMs: 1e9, now: () => clock };
    const result = await measureInterleaved(model("s", 10), model("v", 4), options);
    expect(order.join("")).toBe("svsvvssvvs");
    expect(result).toEqual({ source: { minMs: 10, p50Ms: 10, p95Ms: 10, runs: 4 }, variant: { minMs: 4, p50Ms: 4, p95Ms: 4, runs: 4 } });
  });

  test("stops when the time is up, not before the least number of runs", async () => {
    let clock = 0;
    const slow = async () => void (clock += 1000);
    const result = await measureInterleaved(slow, slow, { warmUpRuns: 0, maxRuns: 100, minRuns: 3, maxMs: 500, now: () => clock });
    expect(result.variant.runs).toBe(3);
  });
});

describe("evaluateGates", () => {
  const latency = { minMs: 1, p50Ms: 2, p95Ms: 3, runs: 10 };
  const measured: Measurements = {
    sampleCount: 1000,
    machine: "test",
    numerics: [{ output: "y", maxAbsError: 0.02, meanAbsError: 0, cosine: 0.9999, sqnrDb: 30, allClose: false }],
    differenceHistogram: null,
    agreement: 0.993,
    accuracy: { source: 0.991, variant: 0.988, labelled: 1000 },
    confusion: null,
    perClass: [],
    disagreements: [],
    latency: { source: latency, variant: { ...latency, p50Ms: 1 }, threads: 1 },
    sizeBytes: { source: 294_817, variant: 80_000, variantCompressed: 60_000 },
    peakMemoryBytes: { source: null, variant: null },
    placement: { quantisedNodes: 20, integerNodes: 18, integerTimeShare: 0.8, conversionTimeShare: 0.1, inFloat: [], slowest: [] },
  };

  test.each<[ValidationGate, string, string]>([
    [
      { metric: "accuracy-drop", comparison: "at-most", limit: 0.5 },
      "pass",
      "The accuracy lost against the source model is 0.3 percentage points; at most 0.5 percentage points is asked for.",
    ],
    [
      { metric: "accuracy-drop", comparison: "at-most", limit: 0.2 },
      "fail",
      "The accuracy lost against the source model is 0.3 percentage points; at most 0.2 percentage points is asked for.",
    ],
    [
      { metric: "agreement", comparison: "at-least", limit: 0.99 },
      "pass",
      "The agreement with the source model is 99.3 %; at least 99 % is asked for.",
    ],
    [
      { metric: "latency-ratio", comparison: "at-most", limit: 0.5 },
      "pass",
      "The median latency relative to the source model is 0.5 ×; at most 0.5 × is asked for.",
    ],
    [{ metric: "size-bytes", comparison: "at-most", limit: 50_000 }, "fail", "The size is 80 kB; at most 50 kB is asked for."],
    [
      { metric: "memory-bytes", comparison: "at-most", limit: 1 },
      "not-measurable",
      "The peak memory was not measured: this system does not tell a process's peak memory.",
    ],
    [
      { metric: "integer-kernels", comparison: "at-least", limit: 0.95 },
      "fail",
      "The share of the quantised nodes that the runtime ran as integer kernels is 90 %; at least 95 % is asked for.",
    ],
  ])("%o → %s", (gate, verdict, sentence) => {
    expect(evaluateGates(measured, [gate]).gates[0]).toMatchObject({ verdict, sentence });
  });

  test("a variant without quantised nodes cannot miss integer kernels", () => {
    const gate = { metric: "integer-kernels", comparison: "at-least", limit: 0.95 } as const;
    expect(evaluateGates({ ...measured, placement: null }, [gate]).gates[0]).toMatchObject({ verdict: "not-measurable", value: null });
  });

  test("passes when nothing failed, even if something could not be measured", () => {
    expect(evaluateGates(measured, [{ metric: "memory-bytes", comparison: "at-most", limit: 1 }]).passed).toBe(true);
    expect(evaluateGates(measured, [{ metric: "size-bytes", comparison: "at-most", limit: 1 }]).passed).toBe(false);
  });
});

import type { ValidationReport } from "@flotilla/contracts";
import type { VariantView } from "@flotilla/contracts/views";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { recommendVariant } from "./recommend-variant.ts";

function report(passed: boolean, p50Ms = 1): ValidationReport {
  const latency = (ms: number) => ({ minMs: ms, p50Ms: ms, p95Ms: ms, runs: 10 });
  return {
    sampleCount: 1000,
    machine: "test",
    numerics: [],
    differenceHistogram: null,
    agreement: 0.998,
    accuracy: { source: 0.994, variant: 0.992, labelled: 1000 },
    confusion: null,
    perClass: [],
    disagreements: [],
    latency: { source: latency(2), variant: latency(p50Ms), threads: 1 },
    sizeBytes: { source: 1000, variant: 300, variantCompressed: 200 },
    peakMemoryBytes: { source: null, variant: null },
    gates: [],
    passed,
  };
}

function variant(id: string, sizeBytes: number, measured: ValidationReport | null, isSource = false): VariantView {
  const recipe = { schemaVersion: 1 as const, name: id, passes: [] };
  return {
    id,
    name: id,
    recipe,
    format: "onnx",
    tensors: null,
    sha256: "",
    sizeBytes,
    isSource,
    jobId: null,
    report: measured,
    warnings: [],
    gates: [],
    createdAt: new Date(0),
  };
}

const source = variant("original", 1000, null, true);

test.each<[string, VariantView[], { variantId: string; kind: string } | null]>([
  ["nothing measured → no recommendation", [source, variant("int8", 300, null)], null],
  ["no original → no recommendation", [variant("int8", 300, report(true))], null],
  [
    "the smallest that passed",
    [source, variant("fp16", 500, report(true)), variant("int8", 300, report(true))],
    { variantId: "int8", kind: "smallest-within-gates" },
  ],
  [
    "a smaller one that failed is passed over",
    [source, variant("fp16", 500, report(true)), variant("int8", 300, report(false))],
    { variantId: "fp16", kind: "smallest-within-gates" },
  ],
  [
    "of two equally small ones the faster",
    [source, variant("slow", 300, report(true, 5)), variant("fast", 300, report(true, 1))],
    { variantId: "fast", kind: "smallest-within-gates" },
  ],
  [
    "a twentieth larger and a third faster → the faster",
    [source, variant("dynamic", 300, report(true, 1.5)), variant("static", 308, report(true, 1))],
    { variantId: "static", kind: "smallest-within-gates" },
  ],
  [
    "a twentieth larger and hardly faster → the smaller: a tenth is what a busy machine measures",
    [source, variant("small", 300, report(true, 1.05)), variant("large", 308, report(true, 1))],
    { variantId: "small", kind: "smallest-within-gates" },
  ],
  [
    "more than a twentieth larger → the smaller, however fast the other is",
    [source, variant("small", 300, report(true, 1.5)), variant("large", 320, report(true, 0.5))],
    { variantId: "small", kind: "smallest-within-gates" },
  ],
  [
    "a little smaller but slower than the original: not that one",
    [source, variant("dynamic", 290, report(true, 3)), variant("static", 300, report(true, 1))],
    { variantId: "static", kind: "smallest-within-gates" },
  ],
  [
    "all that passed are slower → the smallest all the same",
    [source, variant("fp16", 500, report(true, 4)), variant("dynamic", 290, report(true, 3))],
    { variantId: "dynamic", kind: "smallest-within-gates" },
  ],
  [
    "all failed → the original, and how many were tried",
    [source, variant("int8", 300, report(false))],
    { variantId: "original", kind: "none-within-gates" },
  ],
  [
    "all that passed are larger → the original",
    [source, variant("fat", 2000, report(true))],
    { variantId: "original", kind: "only-source" },
  ],
  [
    "only the original, measured → the original",
    [variant("original", 1000, report(true), true)],
    { variantId: "original", kind: "only-source" },
  ],
])("%s", (_name, variants, expected) => {
  if (expected === null) expect(recommendVariant(variants)).toBeNull();
  else expect(recommendVariant(variants)).toMatchObject(expected);
});

test("the sentence's numbers", () => {
  expect(recommendVariant([source, variant("int8", 300, report(true))])?.params).toEqual({
    variantName: "int8",
    sizeBytes: 300,
    sourceSizeBytes: 1000,
    smallerPercent: 70,
    agreementPercent: 99.8,
    accuracyDropPoints: 0.2,
    latencyPercent: 50,
  });
});

test("never a variant that failed, and never one larger than the original", () => {
  const row = {
    sizeBytes: fc.integer({ min: 1, max: 3000 }),
    passed: fc.option(fc.boolean(), { nil: null }),
    p50Ms: fc.integer({ min: 1, max: 2 }),
  };
  const variants = fc.array(fc.record(row), { maxLength: 8 });
  fc.assert(
    fc.property(variants, (rows) => {
      const offered = rows.map((row, at) => variant(String(at), row.sizeBytes, row.passed === null ? null : report(row.passed, row.p50Ms)));
      const chosen = recommendVariant([source, ...offered]);
      if (chosen === null || chosen.variantId === "original") return;
      const found = offered.find((row) => row.id === chosen.variantId);
      expect(found?.report?.passed).toBe(true);
      const passing = offered.filter((row) => row.report?.passed === true).map((row) => row.sizeBytes);
      expect(found?.sizeBytes).toBeLessThanOrEqual(1.05 * Math.min(...passing));
      expect(found?.sizeBytes).toBeLessThan(1000);
    }),
  );
});

test("a TFLite variant is not for the fleet: the next one is recommended, or the original where it is the only one", () => {
  const source = variant("source", 1000, null, true);
  const tflite: VariantView = { ...variant("tflite", 100, report(true)), format: "tflite" };
  expect(recommendVariant([source, tflite, variant("int8", 300, report(true))])?.variantId).toBe("int8");
  expect(recommendVariant([source, tflite])).toMatchObject({ variantId: "source", kind: "only-source" });
});

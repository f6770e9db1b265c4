import { conversionCheckSchema } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { compareWithReference } from "./compare-reference.ts";

const output = (...values: number[]) => [{ name: "y", shape: [values.length], data: Float32Array.from(values) }];

test.each([
  ["no finite value, both alike", output(Number.NaN, Infinity), output(Number.NaN, Infinity), { passed: true, maxAbsError: 0, largest: 0 }],
  ["no value", output(), output(), { passed: true, maxAbsError: 0, largest: 0 }],
  ["a value that is no number on one side", output(1, 2), output(1, Number.NaN), { passed: false, maxAbsError: null }],
  ["another shape", output(1, 2), output(1), { passed: false, maxAbsError: null }],
  ["an error within the tolerance", output(-2, 1), output(-2, 1.0001), { passed: true, largest: 2 }],
  ["an error beyond it", output(-2, 1), output(-2, 1.001), { passed: false, largest: 2 }],
])("an output with %s can be stored as its check", (_, reference, found, expected) => {
  const outputs = compareWithReference([reference], [found], "float");
  expect(outputs).toMatchObject([expected]);
  // As a child sends it.
  const check = JSON.parse(JSON.stringify({ reference: "tflite", why: null, samples: 1, outputs, passed: true })) as unknown;
  expect(conversionCheckSchema.parse(check).outputs).toEqual(outputs);
});

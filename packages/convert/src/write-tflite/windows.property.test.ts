import { isFlotillaError } from "@flotilla/contracts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { buildModel } from "@flotilla/onnx/test-support";
import { compareWritten } from "../test-support/compare-written.ts";
import { randomConv, randomConvTranspose, randomPool, randomResize } from "../test-support/random-layers.ts";

const RUNS = Number(process.env["TFLITE_FUZZ_RUNS"] ?? 25);

it.each([
  ["convolutions", randomConv],
  ["pools", randomPool],
  ["transposed convolutions", randomConvTranspose],
  ["resizing", randomResize],
])("%s of any geometry calculate in TFLite what they calculate in onnxruntime, or are refused", async (_, layers) => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(layers, async (sketch) => {
      try {
        expect((await compareWritten(buildModel(sketch))).error).toBeLessThanOrEqual(5e-6);
        written += 1;
      } catch (error) {
        // What onnxruntime refuses itself says nothing about what is written.
        if (
          !(isFlotillaError(error) && error.code === "UNSUPPORTED_OPERATOR") &&
          !/onnxruntime|ShapeInferenceError|Non-zero status/u.test(String(error))
        )
          throw error;
      }
    }),
    { numRuns: RUNS, seed: 7 },
  );
  expect(written).toBeGreaterThan(RUNS / 2);
});

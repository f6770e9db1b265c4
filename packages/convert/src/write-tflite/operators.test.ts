import { expect, it } from "vitest";
import { buildModel } from "@flotilla/onnx/test-support";
import { compareWritten } from "../test-support/compare-written.ts";
import { FUNCTION_CASES } from "../test-support/written-cases/functions.ts";
import { LAYER_CASES } from "../test-support/written-cases/layers.ts";

it.each(Object.entries({ ...LAYER_CASES, ...FUNCTION_CASES }))(
  "%s: TFLite gives what onnxruntime gives",
  async (_, { stretch, ...sketch }) => {
    const { error } = await compareWritten(buildModel(sketch), { precision: "float32" }, stretch);
    expect(error).toBeLessThanOrEqual(5e-6);
  },
);

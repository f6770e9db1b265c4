import * as fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { DataType } from "../graph/data-types.ts";
import { roundHalfEven } from "../reference/ops/elementwise.ts";
import { writeModel } from "../graph/write-model.ts";
import { buildModel } from "../test-support/build-model.ts";
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

  test("scale, zero point and integers are the formula's, and onnxruntime's DynamicQuantizeLinear's", async () => {
    const nodes = [{ opType: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "s", "z"] }];
    const model = buildModel({ inputs: { x: ["n"] }, outputs: ["s"], nodes });
    model.graph.outputs.push("z", "q");
    for (const name of ["z", "q"]) model.graph.types.set(name, { elemType: DataType.UINT8, shape: null });
    const session = await InferenceSession.create(writeModel(model), { logSeverityLevel: 4, intraOpNumThreads: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(bound, { minLength: 1, maxLength: 20 }), async (values) => {
        fc.pre(values.some((value) => Math.abs(value) > 1e-6));
        const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
        const { scale, zeroPoint } = asymmetricParams(low, high, UINT8_RANGE);
        expect(scale).toBe(Math.fround((high - low) / 255));
        expect(zeroPoint).toBe(Math.min(255, Math.max(0, roundHalfEven(0 - low / scale))));
        const outputs = await session.run({ x: new Tensor("float32", Float32Array.from(values), [values.length]) });
        const theirs = { scale: Number(outputs["s"]?.data[0]), zeroPoint: Number(outputs["z"]?.data[0]) };
        // It takes high − low in float32: one more rounding.
        expect(Math.abs(theirs.scale - scale)).toBeLessThanOrEqual(scale * 2 ** -22);
        expect(Math.abs(theirs.zeroPoint - zeroPoint)).toBeLessThanOrEqual(1);
        expect(Array.from(outputs["q"]?.data ?? [], Number)).toEqual(values.map((value) => quantiseValue(value, theirs, UINT8_RANGE)));
      }),
      { seed: 4, numRuns: 500 },
    );
    await session.release();
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

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { floatTensor, toNumbers } from "../graph/tensor.ts";
import { roundHalfEven } from "../reference/ops/elementwise.ts";
import { noiseTensor } from "../test-support/build-model.ts";
import { quantiseBlocks } from "./quantise-blocks.ts";
import { biasFloors, quantiseBias, quantiseCompactly, quantiseWeights } from "./quantise-weights.ts";

const weight = fc.float({ min: -1000, max: 1000, noNaN: true });
const matrix = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, columns]) =>
    fc
      .array(weight, { minLength: rows * columns, maxLength: rows * columns })
      .map((values) => ({ rows, columns, values: Float32Array.from(values) })),
  );

describe("quantiseWeights", () => {
  test("scales and integers are the formula's, per channel and symmetric", () => {
    fc.assert(
      fc.property(matrix, fc.constantFrom(0, 1), fc.boolean(), ({ rows, columns, values }, axis, reduceRange) => {
        const { weights, scales } = quantiseWeights(floatTensor([rows, columns], values), { axis, reduceRange });
        const top = reduceRange ? 64 : 127;
        const channelOf = (flat: number): number => (axis === 0 ? Math.floor(flat / columns) : flat % columns);
        const got = toNumbers(weights);
        for (const [channel, scale] of scales.entries()) {
          const reach = Math.max(...values.filter((_, flat) => channelOf(flat) === channel).map(Math.abs));
          if (reach > 1e-20) expect(scale).toBe(Math.fround(reach / top));
        }
        for (const [flat, value] of values.entries()) {
          const scale = scales[channelOf(flat)] ?? 1;
          expect(got[flat]).toBe(Math.max(-top, Math.min(top, roundHalfEven(Math.fround(value / scale)))) + 0);
          expect(Math.abs((got[flat] ?? 0) * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
        }
      }),
    );
  });

  test("unsigned weights hold 0 exactly and every value within a step", () => {
    fc.assert(
      fc.property(matrix, ({ rows, columns, values }) => {
        const { weights, scales, zeroPoints } = quantiseWeights(floatTensor([rows, columns], values), {
          axis: 0,
          reduceRange: false,
          type: "uint8",
        });
        for (const [flat, integer] of toNumbers(weights).entries()) {
          const channel = Math.floor(flat / columns);
          const scale = scales[channel] ?? 1;
          expect(Math.abs((integer - (zeroPoints[channel] ?? 0)) * scale - (values[flat] ?? 0))).toBeLessThanOrEqual(scale * 1.001);
        }
        for (const zero of zeroPoints) expect(zero).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("the reported error is that of the integers", () => {
    const tensor = noiseTensor([8, 16]);
    const { weights, scales, squaredError } = quantiseWeights(tensor, { axis: 0, reduceRange: true });
    const values = toNumbers(tensor);
    const error = toNumbers(weights).reduce(
      (sum, integer, flat) => sum + (integer * (scales[Math.floor(flat / 16)] ?? 1) - (values[flat] ?? 0)) ** 2,
      0,
    );
    expect(squaredError).toBeCloseTo(error, 12);
  });

  test("compact takes one scale only where channels reach equally far", () => {
    const even = Float32Array.from(toNumbers(noiseTensor([8, 64])));
    const uneven = even.map((value, flat) => value * 2 ** Math.floor(flat / 64));
    const scalesOf = (values: Float32Array): number =>
      quantiseCompactly(floatTensor([8, 64], values), { axis: 0, reduceRange: false }).scales.length;
    expect([scalesOf(even), scalesOf(uneven)]).toEqual([1, 8]);
  });

  test("a bias far larger than its weights fits int32", () => {
    const bias = Float32Array.of(1e6, -3);
    const floors = biasFloors(bias, 1e-4);
    const { scales } = quantiseWeights(floatTensor([2, 2], [1e-6, 0, 0.5, 1]), { axis: 0, reduceRange: false, floors });
    const quantised = quantiseBias(bias, 1e-4, scales);
    for (const [channel, value] of bias.entries())
      expect((quantised.values[channel] ?? 0) * (quantised.scales[channel] ?? 0)).toBeCloseTo(value, 1);
  });
});

describe("quantiseBlocks", () => {
  test.each([
    { bits: 4, symmetric: true, steps: 7 },
    { bits: 4, symmetric: false, steps: 15 },
    { bits: 8, symmetric: true, steps: 127 },
  ] as const)("$bits bits, symmetric $symmetric: no block is worse than with its plain range", ({ bits, symmetric, steps }) => {
    const [rows, columns, blockSize] = [40, 6, 16];
    const tensor = noiseTensor([rows, columns], 7);
    const values = toNumbers(tensor);
    const { weights, scales, zeroPoints } = quantiseBlocks(tensor, { bits, blockSize, symmetric });
    expect(scales.dims).toEqual([3, columns]);
    const integers = unpack(weights.bytes, bits, symmetric, rows * columns);
    const zeros = zeroPoints === null ? new Float64Array(3 * columns) : unpack(zeroPoints.bytes, bits, symmetric, 3 * columns);
    const factors = toNumbers(scales);
    for (let block = 0; block < 3 * columns; block += 1) {
      const inBlock = [...values.keys()].filter((flat) => Math.floor(flat / columns / blockSize) * columns + (flat % columns) === block);
      const reach = inBlock.map((flat) => values[flat] ?? 0);
      const step = symmetric ? Math.max(...reach.map(Math.abs)) / steps : (Math.max(0, ...reach) - Math.min(0, ...reach)) / steps;
      const error = inBlock.map((flat) => ((integers[flat] ?? 0) - (zeros[block] ?? 0)) * (factors[block] ?? 0) - (values[flat] ?? 0));
      expect(Math.sqrt(error.reduce((sum, value) => sum + value * value, 0) / inBlock.length)).toBeLessThan(step * 0.5);
    }
  });
});

function unpack(bytes: Uint8Array, bits: number, signed: boolean, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => {
    const raw = bits === 8 ? (bytes[index] ?? 0) : ((bytes[index >> 1] ?? 0) >> (4 * (index & 1))) & 15;
    return signed && raw >= 2 ** (bits - 1) ? raw - 2 ** bits : raw;
  });
}

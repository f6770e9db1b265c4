import { zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkModel } from "../graph/check-model.ts";
import { readModel } from "../graph/read-model.ts";
import { float32View, floatTensor } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { simplify } from "../passes/simplify.ts";
import { RangeObserver } from "../quantise/observers/range-observer.ts";
import { quantiseStatic } from "../quantise/quantise-static.ts";
import { addTaps, tapsFor } from "../quantise/taps.ts";
import { buildModel, noiseTensor } from "../test-support/build-model.ts";
import { accuracy, images, run, sampleModel } from "../test-support/mnist.ts";
import { clusterWeights } from "./cluster-weights.ts";
import { roundMantissa } from "./round-mantissa.ts";

const gemm = (weights = noiseTensor([32, 32])) =>
  buildModel({ inputs: { x: ["n", 32] }, constants: { w: weights }, nodes: [{ opType: "MatMul", inputs: ["x", "w"], outputs: ["y"] }] });
const weightsOf = (model: ReturnType<typeof gemm>): Float32Array => float32View(model.graph.constants.get("w") ?? noiseTensor([1]));
const zstd = (bytes: Uint8Array): number => zstdCompressSync(bytes).length;

describe("weight clustering", () => {
  test("at most so many values, each close to what it replaces, zero kept", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 64 }), fc.integer({ min: 1, max: 1e6 }), (clusters, seed) => {
        const before = Float32Array.from(float32View(noiseTensor([32, 32], seed)), (value, index) => (index % 7 === 0 ? 0 : value));
        const model = gemm(floatTensor([32, 32], before));
        clusterWeights(model, { clusters });
        const after = weightsOf(model);
        expect(new Set(after).size).toBeLessThanOrEqual(clusters);
        expect(after.every((value, index) => before[index] !== 0 || value === 0)).toBe(true);
        // Evenly spaced centres are never more than one spacing away, and the moved one two.
        expect(after.every((value, index) => Math.abs(value - (before[index] ?? 0)) <= 4 / clusters)).toBe(true);
      }),
    );
  });

  test("must not touch what no layer computes with", () => {
    const model = buildModel({
      inputs: { x: [32, 32] },
      constants: { table: noiseTensor([32, 32]) },
      nodes: [{ opType: "Add", inputs: ["x", "table"], outputs: ["y"] }],
    });
    const before = model.graph.constants.get("table");
    clusterWeights(model, { clusters: 4 });
    expect(model.graph.constants.get("table")).toBe(before);
  });

  test("a constant tensor is its own cluster", () => {
    const model = gemm(floatTensor([32, 32], new Float32Array(1024).fill(0)));
    clusterWeights(model, { clusters: 16 });
    expect(new Set(weightsOf(model))).toEqual(new Set([0]));
  });
});

describe("rounding the mantissa", () => {
  test("float weights keep sign, size and so many bits", () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 100), max: 2 ** 100 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 256, maxLength: 256 }), fc.integer({ min: 1, max: 23 }), (values, mantissaBits) => {
        const model = gemm(floatTensor([16, 16], Float32Array.from(values)));
        roundMantissa(model, { bits: mantissaBits });
        for (const [index, after] of weightsOf(model).entries()) {
          const before = Math.fround(values[index] ?? 0);
          // Below the normal numbers a mantissa has fewer bits of its own.
          expect(Math.abs(after - before)).toBeLessThanOrEqual(Math.max(Math.abs(before), 2 ** -126) * 2 ** -(mantissaBits + 1) * 1.000001);
          expect(new Uint32Array(Float32Array.of(after).buffer)[0]! & (2 ** (23 - mantissaBits) - 1)).toBe(0);
        }
      }),
    );
  });
});

describe("what is downloaded", () => {
  test.each([
    ["64 clusters", (model: ReturnType<typeof readModel>) => clusterWeights(model, { clusters: 64 }), 0.4, 0.3],
    ["8 bits of mantissa", (model: ReturnType<typeof readModel>) => roundMantissa(model, { bits: 8 }), 0.65, 0.1],
  ])("float32 with %s is smaller and as accurate", async (_, compress, share, points) => {
    const bytes = sampleModel("mnist-cnn");
    const model = readModel(bytes);
    compress(model);
    checkModel(model);
    const after = writeModel(model);
    expect(zstd(after)).toBeLessThan(share * zstd(bytes));
    expect(await accuracy(after)).toBeGreaterThanOrEqual((await accuracy(bytes)) - points);
  });

  test("int8 weights in 24 clusters are a fifth smaller than int8 alone", async () => {
    const plain = await staticInt8();
    const model = readModel(plain);
    clusterWeights(model, { clusters: 24 });
    checkModel(model);
    const after = writeModel(model);
    expect(zstd(after)).toBeLessThan(0.8 * zstd(plain));
    expect(await accuracy(after)).toBeGreaterThanOrEqual((await accuracy(plain)) - 0.3);
  });
});

async function staticInt8(): Promise<Uint8Array> {
  const model = readModel(sampleModel("mnist-cnn"));
  simplify(model);
  const taps = tapsFor(model);
  const observer = new RangeObserver();
  observer.observe(model.graph.inputs[0] ?? "", images("calibration").data);
  for (const [name, values] of await run(addTaps(model, taps), "calibration")) observer.observe(name, values);
  return writeModel(quantiseStatic(model, observer.ranges(), { reduceRange: true }).model);
}

import { Tensor as Feed } from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import type { OnnxModel } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { writeModel } from "../graph/write-model.ts";
import { simplify } from "../passes/simplify.ts";
import { quantiseStatic } from "../quantise/quantise-static.ts";
import { tapsFor } from "../quantise/taps.ts";
import { sampleModel } from "../test-support/mnist.ts";
import { runModel } from "../test-support/oracle.ts";
import { digits, openModel } from "../test-support/open-model.ts";
import { correctBias, measureBiasShifts } from "./correct-bias.ts";
import { integerWeights } from "./dequantise-weights.ts";
import { cloneModel, listLayers } from "./layers.ts";
import { measureChannels } from "./measure-channels.ts";
import { measureRanges } from "./measure-ranges.ts";
import { roundAdaptively } from "./round-adaptively.ts";

const run = { open: openModel, batches: digits(32, 16) };
const held = digits(64, 32);
let model: OnnxModel;
let ranges: Awaited<ReturnType<typeof measureRanges>>;

beforeAll(async () => {
  model = readModel(sampleModel("mnist-mobilenet"));
  simplify(model);
  ranges = await measureRanges(model, tapsFor(model), run);
});

function quantise(copy: OnnxModel, exclude: readonly string[] = [], options: object = {}): OnnxModel {
  return quantiseStatic(copy, ranges, { reduceRange: true, exclude, ...options }).model;
}

/** Mean of a layer's outputs per channel, in front of its activation. */
async function means(of: OnnxModel, layer: string): Promise<Float64Array> {
  const tap = (copy: OnnxModel) => {
    const node = copy.graph.nodes.find(({ name }) => name === layer);
    return [{ key: layer, value: node?.outputs[0] ?? "", rank: 4, channelAxis: 1 }];
  };
  return (await measureChannels(of, tap, "mean", { open: openModel, batches: held })).get(layer) ?? new Float64Array();
}

describe("measureRanges", () => {
  test("gives what a look at every element gives", async () => {
    const name = listLayers(model.graph)[0]?.node.outputs[0] ?? "";
    const copy = cloneModel(model);
    copy.graph.outputs.push(name);
    const [feeds] = [...digits(32, 32)()];
    const image = feeds?.["image"];
    const outputs = await runModel(writeModel(copy), { image: new Feed("float32", image?.data as Float32Array, image?.dims ?? []) });
    const values = Array.from(outputs[name]?.data ?? [], Number);
    const [range] = (await measureRanges(model, [name], run)).values();
    expect(range?.min).toBeCloseTo(Math.min(...values), 5);
    expect(range?.max).toBeCloseTo(Math.max(...values), 5);
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY])("%s anywhere in a value is an error that names it", async (odd) => {
    const data = new Float32Array(784).fill(0.5);
    data[401] = odd;
    const batches = () => [{ image: { data, dims: [1, 28, 28, 1] } }];
    await expect(measureRanges(model, ["image"], { open: openModel, batches })).rejects.toThrow('"image" is not finite');
  });

  test("no sample is an error that says so", async () => {
    await expect(measureRanges(model, ["image"], { open: openModel, batches: () => [] })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("correctBias", () => {
  test("takes the shift out of the first layer's means, on digits that it did not see", async () => {
    const layer = listLayers(model.graph)[0]?.name ?? "";
    const shifts = await measureBiasShifts(model, quantise(cloneModel(model)), run);
    const corrected = cloneModel(model);
    expect(correctBias(corrected, shifts)).toBeGreaterThan(8);
    const wanted = await means(model, layer);
    const shift = async (of: OnnxModel): Promise<number> => {
      const found = await means(quantise(of), layer);
      return wanted.reduce((sum, value, channel) => sum + Math.abs(value - (found[channel] ?? 0)), 0);
    };
    expect(await shift(corrected)).toBeLessThan(0.3 * (await shift(cloneModel(model))));
  });

  test("a layer that stays in float keeps its bias", async () => {
    const shifts = await measureBiasShifts(model, quantise(cloneModel(model)), run);
    const [first, second] = listLayers(model.graph).map(({ name }) => name);
    const corrected = cloneModel(model);
    correctBias(corrected, shifts, new Set([first ?? ""]));
    const biasOf = (of: OnnxModel, name = ""): number[] => {
      const bias = of.graph.constantOf(of.graph.nodes.find((node) => node.name === name)?.inputs[2] ?? "");
      return bias === null ? [] : [...bias.bytes];
    };
    expect(biasOf(corrected, first)).toEqual(biasOf(model, first));
    expect(biasOf(corrected, second)).not.toEqual(biasOf(model, second));
  });

  test("the same data gives the same file", async () => {
    const make = async (): Promise<Uint8Array> => {
      const corrected = cloneModel(model);
      correctBias(corrected, await measureBiasShifts(model, quantise(cloneModel(model)), run));
      return writeModel(quantise(corrected));
    };
    expect(Buffer.compare(await make(), await make())).toBe(0);
  });
});

describe("roundAdaptively", () => {
  test("every layer's output is nearer than with nearest rounding, on digits that it did not see too", async () => {
    const names = listLayers(model.graph).map(({ name }) => name);
    const perTensor = { perChannel: false };
    const rounded = cloneModel(model);
    const results = await roundAdaptively(rounded, names, { ...run, quantise: (copy) => quantise(copy, [], perTensor) });
    expect(results).toHaveLength(names.length);
    for (const { nearest, adaptive } of results) expect(adaptive).toBeLessThanOrEqual(nearest);
    const [first] = results;
    expect(first?.adaptive).toBeLessThan(0.7 * (first?.nearest ?? 0));
    // Measured anew, as the runtime computes the layer: its output's mean error per channel squared, summed.
    const wanted = await layerOutput(model, first?.layer ?? "");
    const error = async (of: OnnxModel): Promise<number> =>
      squaredError(wanted, await layerOutput(quantise(of, [], perTensor), first?.layer ?? ""));
    expect(await error(cloneModel(rounded))).toBeLessThan(await error(cloneModel(model)));
  });

  test("quantised again the integers are the chosen ones: the scales stayed", async () => {
    const name = listLayers(model.graph)[2]?.name ?? "";
    const rounded = cloneModel(model);
    await roundAdaptively(rounded, [name], { ...run, quantise: (copy) => quantise(copy) });
    const integersOf = (of: OnnxModel) => {
      const node = of.graph.nodes.find((found) => found.name === name);
      return node === undefined ? null : integerWeights(of.graph, node);
    };
    const [plain, adaptive] = [integersOf(quantise(cloneModel(model))), integersOf(quantise(cloneModel(rounded)))];
    const differences = plain?.integers.map((value, flat) => Math.abs(value - (adaptive?.integers[flat] ?? 0))) ?? [];
    expect(Math.max(...differences)).toBe(1);
    for (const flat of [0, 10, 100]) expect(adaptive?.scaleOf(flat)).toBeCloseTo(plain?.scaleOf(flat) ?? 0, 10);
  });

  test("what costs more than it may is left alone", async () => {
    expect(
      await roundAdaptively(
        cloneModel(model),
        listLayers(model.graph).map(({ name }) => name),
        { ...run, maxWork: 10, quantise: (copy) => quantise(copy) },
      ),
    ).toEqual([]);
  });
});

async function layerOutput(of: OnnxModel, layer: string): Promise<number[]> {
  const copy = cloneModel(of);
  const output = copy.graph.nodes.find(({ name }) => name === layer)?.outputs[0] ?? "";
  copy.graph.outputs.push(output);
  const [feeds] = [...held()];
  const session = await openModel(writeModel(copy), { optimise: false });
  const outputs = await session.run(feeds ?? {});
  await session.release();
  return Array.from(outputs[output]?.data ?? [], Number);
}

function squaredError(wanted: readonly number[], found: readonly number[]): number {
  return wanted.reduce((sum, value, at) => sum + (value - (found[at] ?? 0)) ** 2, 0);
}

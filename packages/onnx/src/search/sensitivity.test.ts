import { beforeAll, describe, expect, test } from "vitest";
import { correctBias } from "../correct/correct-bias.ts";
import { listLayers, nameLayers } from "../correct/layers.ts";
import { measureRanges } from "../correct/measure-ranges.ts";
import type { OnnxModel } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { writeModel } from "../graph/write-model.ts";
import { simplify } from "../passes/simplify.ts";
import { quantiseStatic } from "../quantise/quantise-static.ts";
import { accuracy, sampleModel } from "../test-support/mnist.ts";
import { digits, openModel } from "../test-support/open-model.ts";
import { CandidateBuilder } from "./build-candidate.ts";
import { calibrationTaps } from "./calibration-taps.ts";
import type { Candidate, StaticCandidate } from "./candidate.ts";
import { EMPTY_SEARCH, rankRecords } from "./goal-search.ts";
import { runSearch } from "./run-search.ts";
import { measureSensitivity } from "./sensitivity.ts";

const few = digits(4, 1);
const batches = digits(16, 16);

function sample(): OnnxModel {
  const model = readModel(sampleModel("mnist-mobilenet"));
  simplify(model);
  nameLayers(model.graph);
  return model;
}

const ranges = (model: OnnxModel) => measureRanges(model, calibrationTaps(model), { open: openModel, batches: digits(64, 32) });

describe("measureSensitivity", () => {
  let quantised: OnnxModel;
  beforeAll(async () => {
    const model = sample();
    quantised = quantiseStatic(model, await ranges(sample()), { reduceRange: true }).model;
  });

  test("has a row per layer, the worst first, and all together are as noisy as the quantised model", async () => {
    const { rows, totalNoise, samples } = await measureSensitivity(sample(), quantised, { open: openModel, batches: few });
    expect(rows.map(({ layer }) => layer).toSorted()).toEqual(
      listLayers(sample().graph)
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(rows.map(({ outputNoise }) => outputNoise)).toEqual(rows.map(({ outputNoise }) => outputNoise).toSorted((a, b) => b - a));
    expect(samples).toBe(4);
    expect(totalNoise).toBeGreaterThan(rows[0]?.outputNoise ?? Infinity);
    expect(rows.every(({ layerSqnrDb }) => layerSqnrDb !== null && layerSqnrDb > 10)).toBe(true);
  });

  test("a layer with ruined weights comes first", async () => {
    const victim = listLayers(sample().graph)[4]?.name ?? "";
    const model = sample();
    const layer = listLayers(model.graph).find(({ name }) => name === victim);
    // One bias that is far off stands for whatever ruins a layer.
    correctBias(model, new Map([[victim, new Float64Array(layer?.layout.outputs ?? 0).fill(2)]]));
    const ruined = quantiseStatic(model, await ranges(sample()), { reduceRange: true }).model;
    const { rows } = await measureSensitivity(sample(), ruined, { open: openModel, batches: few });
    expect(rows[0]?.layer).toBe(victim);
    expect(rows[0]?.outputNoise).toBeGreaterThan(10 * (rows[1]?.outputNoise ?? Infinity));
  });

  test("two models without a common layer are refused", async () => {
    await expect(measureSensitivity(sample(), sample(), { open: openModel, batches: few })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });

  test("can be stopped", async () => {
    const controller = new AbortController();
    const going = measureSensitivity(sample(), quantised, {
      open: openModel,
      batches: few,
      signal: controller.signal,
      onProgress: (done) => done === 3 && controller.abort(),
    });
    await expect(going).rejects.toThrow("abort");
  });
});

describe("CandidateBuilder", () => {
  const builder = (): CandidateBuilder => new CandidateBuilder(sample(), { open: openModel, batches, few, ranges });
  const base: StaticCandidate = {
    method: "int8-static",
    observer: "min-max",
    options: { reduceRange: true },
    equalise: false,
    correctBias: true,
    roundAdaptively: [],
    exclude: [],
  };

  test("every kind of candidate runs, is accurate, and is the same file each time", async () => {
    const first = listLayers(sample().graph)[1]?.name ?? "";
    const candidates: Candidate[] = [
      { method: "fp16" },
      base,
      { ...base, equalise: true },
      { ...base, exclude: [first] },
      { ...base, roundAdaptively: [first] },
      { ...base, options: { perChannel: false }, equalise: true },
    ];
    const [one, other] = [builder(), builder()];
    for (const candidate of candidates) {
      const bytes = await one.build(candidate);
      expect(await accuracy(bytes)).toBeGreaterThanOrEqual(98.4);
      expect(Buffer.compare(bytes, await other.build(candidate))).toBe(0);
    }
  });

  test("any single layer can stay in float, and any layer alone can be in integers", async () => {
    const names = listLayers(sample().graph).map(({ name }) => name);
    const one = builder();
    for (const name of names) {
      const alone = await one.build({ ...base, exclude: names.filter((other) => other !== name) });
      expect((await one.build({ ...base, exclude: [name] })).length).toBeLessThan(alone.length);
    }
  });

  test("the search finds a small accurate variant of the mobile sample", async () => {
    const one = builder();
    const size = writeModel(sample()).length;
    const state = await runSearch(
      EMPTY_SEARCH,
      {
        goal: { minScore: 0.985, maxBytes: size * 0.6 },
        integers: [{ reduceRange: true }],
        observers: ["min-max"],
        halfPrecision: false,
        hasConvolutions: true,
      },
      {
        rank: (candidate) => one.rank(candidate),
        measure: async (candidate) => {
          const bytes = await one.build(candidate);
          return {
            sizeBytes: bytes.length,
            score: (await accuracy(bytes)) / 100,
            samples: 1000,
            sqnrDb: null,
            latencyMs: null,
            speedup: null,
          };
        },
      },
    );
    const [best] = rankRecords(state, { goal: { minScore: 0.985, maxBytes: size * 0.6 } });
    expect(best?.candidate.method).toBe("int8-static");
    expect(best?.measured.score).toBeGreaterThanOrEqual(0.985);
  });
});

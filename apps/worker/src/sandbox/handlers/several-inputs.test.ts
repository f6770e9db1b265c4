import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QUANT_PROFILES } from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { readNpy, writeNpy } from "@flotilla/validate/npy";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toRecipe } from "../../models/candidate-recipe.ts";
import { zipOf } from "../../testing/hostile-archives.ts";
import { recurrentModel } from "../../testing/recurrent-model.ts";
import type { DataSetFiles, EventOf, RequestKind, RequestOf, SearchEvent } from "../protocol.ts";
import { runInChild } from "../run-in-child.ts";

const [COUNT, STEPS] = [12, 5];
const signal = Float32Array.from({ length: COUNT * STEPS * 8 }, (_, index) => Math.sin(0.7 * index) + Math.cos(0.11 * index));
const rate = {
  name: "rate.npy",
  content: npy(
    [COUNT],
    BigInt64Array.from({ length: COUNT }, () => 16_000n),
  ),
};

let directory = "";
let modelPath = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "several-inputs-"));
  modelPath = join(directory, "recurrent.onnx");
  await writeFile(modelPath, recurrentModel(await readFile(samples.mnistCnn)));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function npy(shape: number[], data: Float32Array | BigInt64Array): Buffer {
  return Buffer.from(data instanceof Float32Array ? writeNpy({ type: "float32", shape, data }) : writeNpy({ type: "int64", shape, data }));
}

async function store(name: string, entries: Parameters<typeof zipOf>[0]): Promise<DataSetFiles> {
  const path = join(directory, name);
  await writeFile(path, await zipOf(entries));
  return { kind: "npz", path, labelsPath: null, preprocessing: null };
}

const sequences = () => store("sequences.npz", [{ name: "x.npy", content: npy([COUNT, STEPS, 8], signal) }, rate]);

async function ask<K extends RequestKind>(kind: K, request: RequestOf<K>, onEvent?: (event: EventOf<K>) => void) {
  const work = join(directory, `work-${kind}-${Math.random()}`);
  await mkdir(work);
  const limits = { memoryBytes: 2 ** 30, wallClockMs: 60_000 };
  const signals = { directory: work, signal: AbortSignal.timeout(60_000) };
  const result = await runInChild(kind, request, { limits, ...signals, ...(onEvent === undefined ? {} : { onEvent }) });
  return { result, work, read: async (file: string) => readNpy(await readFile(join(work, file))) };
}

test("an archive of several arrays is a data set with an array an input", async () => {
  const { path } = await sequences();
  const { result } = await ask("inspect-data-set", { path, fileName: "sequences.npz" });
  expect(result).toEqual({
    dataSetKind: "npz",
    dataFile: null,
    labelsFile: null,
    sampleCount: COUNT,
    sampleShape: [STEPS, 8],
    classNames: [],
  });
});

test("a state that the data lacks begins as zeros and is carried from step to step, as if the data held it", {
  timeout: 30_000,
}, async () => {
  const walked = await ask("predict", { modelPath, tensors: null, data: await sequences(), outputPrefix: "y", step: "measuring-accuracy" });
  expect(walked.result.sampleCount).toBe(COUNT * STEPS);
  const [y, states] = await Promise.all(walked.result.outputs.map(({ file }) => walked.read(file)));
  expect([y?.shape, states?.shape]).toEqual([
    [COUNT * STEPS, 1],
    [COUNT * STEPS, 16],
  ]);
  // The state in front of each step is the one behind the step before, or zero.
  const before = new Float32Array(COUNT * STEPS * 16);
  const after = (states?.data ?? new Float32Array()) as Float32Array;
  for (let row = 1; row < COUNT * STEPS; row += 1) if (row % STEPS !== 0) before.set(after.subarray((row - 1) * 16, row * 16), row * 16);
  const data = await store("single.npz", [
    { name: "x.npy", content: npy([COUNT * STEPS, 8], signal) },
    { name: "h.npy", content: npy([COUNT * STEPS, 16], before) },
    {
      name: "rate.npy",
      content: npy(
        [COUNT * STEPS],
        BigInt64Array.from({ length: COUNT * STEPS }, () => 16_000n),
      ),
    },
  ]);
  const single = await ask("predict", { modelPath, tensors: null, data, outputPrefix: "y", step: "measuring-accuracy" });
  expect((await single.read(single.result.outputs[0]?.file ?? "")).data).toEqual(y?.data);
});

test("a golden set holds what every input was fed, states in the middle of sequences too", async () => {
  const { result, read } = await ask("golden-set", { modelPath, data: await sequences(), count: STEPS });
  const inputs = await Promise.all(result.inputFiles.map(read));
  expect(inputs.map(({ shape }) => shape)).toEqual([[STEPS, 8], [STEPS, 16], [STEPS]]);
  const states = inputs[1]?.data as Float32Array;
  expect(states.subarray(0, 16).every((value) => value === 0)).toBe(true);
  expect(states.subarray(16).some((value) => value !== 0)).toBe(true);
  expect(inputs[2]?.data).toEqual(new Float32Array(STEPS).fill(16_000));
});

test("a search reaches the layers in the branch that the data takes, says so, and recipes make its bytes again", {
  timeout: 90_000,
}, async () => {
  const data = await sequences();
  let last: SearchEvent | null = null;
  const { result } = await ask(
    "search",
    {
      modelPath,
      calibration: data,
      steering: data,
      calibrationSamples: COUNT,
      metric: "agreement",
      task: "classification",
      reading: null,
      goal: {},
      quality: { minScore: 0.9 },
      integers: [QUANT_PROFILES["x64-vnni"]],
      halfPrecision: true,
      measuresTarget: true,
      target: { format: "onnx", fullInteger: false, description: {} },
      state: { version: 1, records: [], rankings: [] },
    },
    (event) => {
      last = event;
    },
  );
  const { preparation } = last as unknown as SearchEvent;
  expect(preparation[0]).toEqual({ pass: "bind-inputs", shapes: { x: [1, 8], h: [1, 16], rate: [] }, values: { rate: [16_000] } });
  const byMethod = new Map(result.records.map((record) => [record.candidate.method, record]));
  expect([...byMethod.keys()].toSorted()).toEqual(["fp16", "int8-dynamic", "int8-static", "weight-only"]);
  for (const { candidate, measured } of byMethod.values()) {
    expect(measured).toMatchObject({ samples: COUNT * STEPS });
    expect(measured?.score).toBeGreaterThan(0.9);
    const recipe = toRecipe(candidate, preparation, { calibrationSamples: COUNT, format: "onnx" });
    const files = { outputFile: "variant.onnx", activationsFile: "activations.json" };
    const { work } = await ask("build-variant", { modelPath, recipe, calibration: data, ...files });
    expect([candidate.method, (await readFile(join(work, "variant.onnx"))).length]).toEqual([candidate.method, measured?.sizeBytes]);
  }
});

test("what nothing feeds is said by name", async () => {
  const data = await store("no-rate.npz", [
    { name: "x.npy", content: npy([COUNT, 8], signal.subarray(0, COUNT * 8)) },
    { name: "h.npy", content: npy([COUNT, 16], new Float32Array(COUNT * 16)) },
  ]);
  await expect(ask("predict", { modelPath, tensors: null, data, outputPrefix: "y", step: "measuring-accuracy" })).rejects.toMatchObject({
    code: "PREPROCESSING_MISMATCH",
    message: expect.stringContaining('input "rate" (a single number)'),
  });
});

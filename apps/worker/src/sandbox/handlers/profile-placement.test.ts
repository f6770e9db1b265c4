import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addTaps, quantiseStatic, RangeObserver, readModel, simplify, tapsFor, writeModel } from "@flotilla/onnx";
import { samples } from "@flotilla/samples";
import { readNpy, writeNpy } from "@flotilla/validate/npy";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInChild } from "../run-in-child.ts";

const COUNT = 24;
let directory = "";
let images = new Float32Array();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "placement-"));
  const pixels = readNpy(await readFile(samples.mnistTestImages)).data as Uint8Array;
  images = Float32Array.from(pixels.subarray(0, COUNT * 784), (pixel) => pixel / 255);
  await writeFile(join(directory, "images.npy"), writeNpy({ type: "float32", shape: [COUNT, 28, 28, 1], data: images }));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const profile = async (bytes: Uint8Array) => {
  const variantPath = join(directory, "variant.onnx");
  await writeFile(variantPath, bytes);
  const data = { kind: "npy" as const, path: join(directory, "images.npy"), labelsPath: null, preprocessing: null };
  const limits = { memoryBytes: 2 ** 30, wallClockMs: 60_000 };
  const work = await mkdtemp(join(directory, "work-"));
  return runInChild(
    "profile-placement",
    { variantPath, data, classification: true },
    { limits, directory: work, signal: AbortSignal.timeout(60_000) },
  );
};

test.each([
  ["mnist-cnn", samples.mnistCnn, 9],
  ["mnist-mobilenet", samples.mnistMobilenet, 15],
])("of the quantised nodes of %s 95 in 100 run as integer kernels, by the runtime's own profile", async (_, file, atLeast) => {
  const { placement, saturation } = await profile(await quantised(true, file));
  expect(placement?.quantisedNodes).toBeGreaterThan(atLeast);
  expect(placement?.inFloat).toEqual([]);
  expect((placement?.integerNodes ?? 0) / (placement?.quantisedNodes ?? 1)).toBeGreaterThanOrEqual(0.95);
  expect(placement?.slowest.some(({ operator, integer }) => operator === "QLinearConv" && integer)).toBe(true);
  // 7-bit weights cannot saturate, on whatever processor this runs.
  expect(saturation).toMatchObject({ sampleCount: COUNT, sameClass: 1, layersAtRisk: 0 });
});

test("8-bit weights are said to be at risk, whatever processor measures them", async () => {
  const { saturation } = await profile(await quantised(false));
  expect(saturation?.layersAtRisk).toBeGreaterThan(0);
});

test("a float model has no placement to report", async () => {
  expect(await profile(await readFile(samples.mnistMobilenet))).toEqual({ placement: null, saturation: null });
});

async function quantised(reduceRange: boolean, file = samples.mnistMobilenet): Promise<Uint8Array> {
  const model = readModel(await readFile(file));
  simplify(model);
  const taps = tapsFor(model);
  const session = await InferenceSession.create(addTaps(model, taps), { graphOptimizationLevel: "disabled" });
  const outputs = await session.run({ image: new Tensor("float32", images, [COUNT, 28, 28, 1]) });
  const observer = new RangeObserver();
  observer.observe("image", images);
  for (const name of taps) if (outputs[name] !== undefined) observer.observe(name, outputs[name].data as Float32Array);
  return writeModel(quantiseStatic(model, observer.ranges(), { reduceRange }).model);
}

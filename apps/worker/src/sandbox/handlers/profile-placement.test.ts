import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel, simplify, writeModel } from "@flotilla/onnx";
import { addTaps, quantiseStatic, RangeObserver, tapsFor } from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { readNpy, writeNpy } from "@flotilla/validate/npy";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInChild } from "../run-in-child.ts";
import type { MeasuredTimes } from "./profile-placement.ts";

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

const profile = async (bytes: Uint8Array, sourcePath = samples.mnistMobilenet) => {
  const variantPath = join(directory, "variant.onnx");
  await writeFile(variantPath, bytes);
  const data = { kind: "npy" as const, path: join(directory, "images.npy"), labelsPath: null, preprocessing: null };
  const limits = { memoryBytes: 2 ** 30, wallClockMs: 60_000 };
  const work = await mkdtemp(join(directory, "work-"));
  const timesFile = join(work, "times.json");
  const result = await runInChild(
    "profile-placement",
    { sourcePath, variantPath, data, classification: true, timesFile },
    { limits, directory: work, signal: AbortSignal.timeout(60_000) },
  );
  return { ...result, times: JSON.parse(await readFile(timesFile, "utf8")) as MeasuredTimes };
};

test.each([
  ["mnist-cnn", samples.mnistCnn, 9],
  ["mnist-mobilenet", samples.mnistMobilenet, 15],
])("of the quantised nodes of %s 95 in 100 run as integer kernels, by the runtime's own profile", async (_, file, atLeast) => {
  const variant = await quantised(true, file);
  const { placement, saturation, times } = await profile(variant, file);
  expect(placement?.quantisedNodes).toBeGreaterThan(atLeast);
  expect(placement?.inFloat).toEqual([]);
  expect((placement?.integerNodes ?? 0) / (placement?.quantisedNodes ?? 1)).toBeGreaterThanOrEqual(0.95);
  expect(placement?.slowest.some(({ operator, integer }) => operator === "QLinearConv" && integer)).toBe(true);
  // Whatever it is fused with, a convolution is what costs.
  const convolutionsOf = (bytes: Uint8Array) =>
    readModel(bytes)
      .graph.nodes.filter((node) => !node.is("Constant"))
      .flatMap((node, index) => (node.is("Conv") ? [index] : []));
  const timed = (nodes: MeasuredTimes["source"]["nodes"]) => nodes.map(({ node }) => node);
  expect(timed(times.source.nodes)).toEqual(expect.arrayContaining(convolutionsOf(await readFile(file))));
  expect(timed(times.variant.nodes)).toEqual(expect.arrayContaining(convolutionsOf(variant)));
  for (const { totalMs, nodes } of Object.values(times)) {
    const sum = nodes.reduce((total: number, { ms }: { ms: number }) => total + ms, 0);
    expect(sum).toBeLessThanOrEqual(totalMs * 1.000001);
    expect(sum).toBeGreaterThan(totalMs / 2);
  }
  // 7-bit weights cannot saturate, on whatever processor this runs.
  expect(saturation).toMatchObject({ sampleCount: COUNT, sameClass: 1, layersAtRisk: 0 });
});

test("8-bit weights are said to be at risk, whatever processor measures them", async () => {
  const { saturation } = await profile(await quantised(false));
  expect(saturation?.layersAtRisk).toBeGreaterThan(0);
});

test("a float model has no placement to report, but the times of its nodes", async () => {
  const { times, ...result } = await profile(await readFile(samples.mnistMobilenet));
  expect(result).toEqual({ placement: null, saturation: null });
  expect(times.variant.nodes.length).toBeGreaterThan(10);
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

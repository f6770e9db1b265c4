import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConversionOptions } from "@flotilla/contracts";
import { samples } from "@flotilla/samples";
import { type NpyArray, writeNpy } from "@flotilla/validate/npy";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zipOf } from "../../testing/hostile-archives.ts";
import { checkSamples } from "./check-samples.ts";

const [COUNT, PIXELS] = [3, 784];
const pixels = Float32Array.from({ length: COUNT * PIXELS }, (_, index) => (index % 97) / 97);
const images: NpyArray = { type: "float32", shape: [COUNT, 28, 28, 1], data: pixels };

let directory = "";
/** What the model answers, as somebody would have saved it. */
let answers: NpyArray;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "check-samples-"));
  const session = await InferenceSession.create(await readFile(samples.mnistCnn), { logSeverityLevel: 4 });
  const { "Identity:0": output } = await session.run({ image: new Tensor("float32", pixels, [COUNT, 28, 28, 1]) });
  answers = { type: "float32", shape: [COUNT, 10], data: output?.data as Float32Array };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function check(arrays: Record<string, NpyArray>, layout: ConversionOptions["layout"] = "nhwc") {
  const samplesPath = join(directory, "reference.npz");
  const entries = Object.entries(arrays).map(([name, array]) => ({ name: `${name}.npy`, content: Buffer.from(writeNpy(array)) }));
  await writeFile(samplesPath, await zipOf(entries));
  const paths = { samplesPath, uploadedPath: "", onnxPath: samples.mnistCnn };
  return checkSamples({ ...paths, format: "keras-v3", options: { layout } }, { progress: () => undefined, event: () => undefined });
}

const doubles = ({ shape, data }: NpyArray): NpyArray => ({ type: "float64", shape, data: Float64Array.from(data as Float32Array) });
const wrong = (change: (value: number) => number): NpyArray => ({ ...answers, data: (answers.data as Float32Array).map(change) });

describe("inputs and outputs of a person's own", () => {
  test("prove a model that answers as they say, output by output", async () => {
    const { reference, samples: count, passed, outputs } = await check({ image: images, "Identity:0": answers, labels: answers });
    expect([reference, count, passed]).toEqual(["samples", COUNT, true]);
    expect(outputs.map(({ name, passed: alike }) => [name, alike])).toEqual([["Identity:0", true]]);
    expect(outputs[0]?.maxAbsError).toBeLessThan(1e-5);
  });

  test("may be called input and output where there is one of each, may be doubles, and may keep a batch of one", async () => {
    const image: NpyArray = { ...doubles(images), shape: [COUNT, 1, 28, 28, 1] };
    expect(await check({ inputs: image, outputs: { ...doubles(answers), shape: [COUNT, 1, 10] } })).toMatchObject({ passed: true });
  });

  test("show a model that answers differently, by how much", async () => {
    const { passed, outputs } = await check({ image: images, "Identity:0": wrong((value) => value + 0.5) });
    expect([passed, outputs[0]?.passed]).toEqual([false, false]);
    expect(outputs[0]?.maxAbsError).toBeCloseTo(0.5, 4);
  });

  test("stay as the model was trained where its channels were put first", async () => {
    // Read as channels first, the sample's input has 28 channels of 28 × 1.
    const turned = new Float32Array(COUNT * PIXELS);
    for (let sample = 0; sample < COUNT; sample += 1)
      for (let row = 0; row < 28; row += 1)
        for (let column = 0; column < 28; column += 1)
          turned[sample * PIXELS + column * 28 + row] = pixels[sample * PIXELS + row * 28 + column] ?? 0;
    const image: NpyArray = { type: "float32", shape: [COUNT, 28, 1, 28], data: turned };
    expect(await check({ image, "Identity:0": answers }, "nchw")).toMatchObject({ passed: true });
  });
});

describe("are refused", () => {
  const ints = (array: NpyArray): NpyArray => ({ type: "int32", shape: array.shape, data: new Int32Array(array.data.length) });
  const fewer = ({ type, shape, data }: NpyArray, keep: number): NpyArray => {
    const length = (data.length / (shape[0] ?? 1)) * keep;
    return { type, shape: [keep, ...shape.slice(1)], data: data.slice(0, length) };
  };
  test.each<[string, string, RegExp, () => Record<string, NpyArray>]>([
    [
      "without an input",
      "REFERENCE_NAMES",
      /input "image": the file holds "picture", "Identity:0"/,
      () => ({ picture: images, "Identity:0": answers }),
    ],
    ["without an output", "REFERENCE_NAMES", /output "Identity:0"/, () => ({ image: images })],
    ["without any array", "REFERENCE_NAMES", /no array/, () => ({})],
    [
      "with an input of another shape",
      "REFERENCE_SHAPES",
      /\(3, 784\).* takes \(samples, 28, 28, 1\)/,
      () => ({ image: { ...images, shape: [COUNT, PIXELS] }, "Identity:0": answers }),
    ],
    [
      "with an output of another shape",
      "REFERENCE_SHAPES",
      /\(3, 2, 5\).* has \(samples, 10\)/,
      () => ({ image: images, "Identity:0": { ...answers, shape: [COUNT, 2, 5] } }),
    ],
    ["with an output of another type", "REFERENCE_TYPES", /int32.* is float32/, () => ({ image: images, "Identity:0": ints(answers) })],
    [
      "with fewer outputs than inputs",
      "REFERENCE_COUNTS",
      /2 rows, and 3 samples/,
      () => ({ image: images, "Identity:0": fewer(answers, 2) }),
    ],
    ["with no sample", "REFERENCE_COUNTS", /at least one/, () => ({ image: fewer(images, 0), "Identity:0": fewer(answers, 0) })],
  ])("%s", async (_, code, sentence, arrays) => {
    await expect(check(arrays())).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) });
  });

  test("as something that is no archive", async () => {
    const samplesPath = join(directory, "one.npy");
    await writeFile(samplesPath, writeNpy(images));
    const request = { samplesPath, uploadedPath: "", onnxPath: samples.mnistCnn, format: "keras-v3", options: { layout: "nhwc" } } as const;
    const context = { progress: () => undefined, event: () => undefined };
    await expect(checkSamples(request, context)).rejects.toMatchObject({ code: "ARCHIVE_BROKEN" });
  });
});

import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { type Conversion, type ModelCard, type ModelDescription, modelDescriptionSchema } from "@flotilla/contracts";
import { samples } from "@flotilla/samples";
import { type NpyData, type NpyType, readNpy, writeNpy } from "@flotilla/validate/npy";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { zipOf } from "./testing/hostile-archives.ts";
import { startTestWorker, type TestWorker } from "./testing/start-test-worker.ts";

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker();
});
afterAll(() => worker.stop());

async function bringIn(fileName: string, path: string) {
  const upload = await worker.upload("model", fileName, path);
  expect([upload.state, upload.errorMessage]).toEqual(["READY", null]);
  const { prisma } = worker.database.db;
  const version = await prisma.modelVersion.findUniqueOrThrow({ where: { id: upload.modelVersionId ?? "" }, include: { variants: true } });
  return { upload, version, conversion: version.conversion as unknown as Conversion, card: version.card as ModelCard };
}

describe("a model in another format", () => {
  test.each([
    ["mnist.h5", samples.mnistKeras2, "keras-h5", "Keras", "tfjs-layers", 1 / 255],
    ["mnist.keras", samples.mnistKeras3, "keras-v3", "Keras", "tfjs-layers", 1 / 255],
    ["mnist.tflite", samples.mnistTflite, "tflite", "TensorFlow Lite", "tflite", 1 / 255],
  ] as const)(
    "%s becomes ONNX that is proved against its own framework; the file is kept",
    async (name, path, format, framework, reference, scale) => {
      const { upload, version, conversion, card } = await bringIn(name, path);
      expect(version).toMatchObject({ uploadedSha256: upload.sha256, uploadedFormat: format, fileName: name });
      expect(version.sha256).not.toBe(upload.sha256);
      expect(version.variants.map(({ sha256, isSource }) => [sha256, isSource])).toEqual([[version.sha256, true]]);
      const sizes = [await worker.blob.stat(version.sha256), await worker.blob.stat(upload.sha256 ?? "")].map((blob) => blob?.sizeBytes);
      expect(sizes).toEqual([Number(version.sizeBytes), readFileSync(path).length]);
      expect(conversion).toMatchObject({ format, framework, check: { reference, why: null, passed: true } });
      expect(conversion.nodesAfter).toBeLessThan(conversion.nodesBefore);
      for (const { maxAbsError, tolerance } of conversion.check.outputs) expect(maxAbsError).toBeLessThanOrEqual(tolerance);
      expect(card).toMatchObject({ task: "classification", preprocessing: { width: 28, height: 28, channels: 1, layout: "nhwc", scale } });
      expect(modelDescriptionSchema.parse(upload.description).unsupported).toEqual([]);
      // An int8 input takes the integers that stand for the pixels.
      const { mean = [], std = [] } = card.preprocessing ?? {};
      const ends = [0, 255].map((pixel) => (pixel * scale - (mean[0] ?? 0)) / (std[0] ?? 1));
      expect(ends.map(Math.round)).toEqual(format === "tflite" ? [-128, 127] : [0, 1]);
    },
  );

  test("channels first is a choice, and proved as well", async () => {
    const { prisma } = worker.database.db;
    const turned = await worker.upload("model", "mnist.keras", samples.mnistKeras3, { options: { layout: "nchw" } });
    const other = await prisma.modelVersion.findUniqueOrThrow({ where: { id: turned.modelVersionId ?? "" } });
    expect(other.inspection).toMatchObject({ inputs: [{ shape: [expect.anything(), 1, 28, 28] }] });
    expect(other.conversion).toMatchObject({ options: { layout: "nchw" }, check: { passed: true } });
  });
});

describe("inputs and outputs of a person's own", () => {
  const images = readNpy(readFileSync(samples.mnistTestImages));
  const pixels = Float32Array.from(images.data.subarray(0, 4 * 784) as Uint8Array, (value) => value / 255);
  const array = (name: string, type: NpyType, shape: number[], data: NpyData) => {
    return { name: `${name}.npy`, content: Buffer.from(writeNpy({ type, shape, data })) };
  };
  const inputs = array("inputs", "float32", [4, 28, 28, 1], pixels);
  const outputs = (answers: Float32Array) => array("outputs", "float32", [4, 10], answers);

  let targetVersionId: string;
  const read = async () => {
    const version = await worker.database.db.prisma.modelVersion.findUniqueOrThrow({ where: { id: targetVersionId } });
    return version.conversion as unknown as Conversion;
  };
  const send = async (fileName: string, entries: Parameters<typeof zipOf>[0]) =>
    worker.upload("reference", fileName, await zipOf(entries), { targetVersionId });
  beforeAll(async () => {
    targetVersionId = (await bringIn("mine.keras", samples.mnistKeras3)).version.id;
  });

  test("do not replace what the framework's own runtime has answered", async () => {
    const { state, errorCode } = await send("mine.npz", [inputs, outputs(new Float32Array(40))]);
    expect([state, errorCode]).toEqual(["REJECTED", "CONFLICT"]);
    expect((await read()).check.reference).toBe("tfjs-layers");
  });

  test("prove or refute what no runtime here could run, and are not kept; a file that does not fit changes nothing", async () => {
    const check = { reference: "none", why: "It has a layer that is not known here.", samples: 0, outputs: [], passed: null };
    const { prisma } = worker.database.db;
    const { sha256 } = await prisma.modelVersion.update({
      where: { id: targetVersionId },
      data: { conversion: { ...(await read()), check } },
    });
    const session = await InferenceSession.create(await buffer(await worker.blob.open(sha256)), { logSeverityLevel: 4 });
    const [answer] = Object.values(await session.run({ [session.inputNames[0] ?? ""]: new Tensor("float32", pixels, [4, 28, 28, 1]) }));
    const answers = answer?.data as Float32Array;

    const odd = await send("odd.npz", [array("inputs", "uint8", images.shape, images.data), outputs(answers)]);
    expect([odd.state, odd.errorCode]).toEqual(["REJECTED", "REFERENCE_SHAPES"]);
    expect((await read()).check).toMatchObject({ reference: "none", passed: null });

    const proof = await send("mine.npz", [inputs, outputs(answers)]);
    expect([proof.state, proof.errorMessage, proof.modelVersionId]).toEqual(["READY", null, targetVersionId]);
    expect((await read()).check).toMatchObject({ reference: "samples", file: "mine.npz", samples: 4, passed: true });
    await expect.poll(() => worker.blob.stat(proof.sha256 ?? "")).toBeNull();

    await send("others.npz", [inputs, outputs(answers.map((value) => value + 1))]);
    expect((await read()).check).toMatchObject({ reference: "samples", file: "others.npz", passed: false });
    const events = await prisma.modelEvent.findMany({ where: { modelVersionId: targetVersionId }, orderBy: { at: "asc" } });
    expect(events.map(({ kind }) => kind)).toEqual(["conversion-proved", "conversion-refuted"]);
  });
});

describe("a model that cannot be converted", () => {
  test.each([
    ["keras-lambda.keras", samples.kerasLambda, ["Lambda"]],
    ["keras-five.keras", samples.kerasFiveUnsupported, ["StringLookup", "Hashing", "MelSpectrogram", "AdaptiveSomething", "Swirl"]],
  ])("%s is refused with all that is in the way, and nothing is left", async (name, path, kinds) => {
    const upload = await worker.upload("model", name, path);
    expect([upload.state, upload.errorCode]).toEqual(["REJECTED", "UNSUPPORTED_OPERATOR"]);
    const description = upload.description as unknown as ModelDescription;
    expect(description.unsupported.map(({ kind }) => kind)).toEqual(kinds);
    for (const { name: layer, reason, why } of description.unsupported) {
      expect([layer, reason].every((text) => text.length > 3)).toBe(true);
      expect(why?.code).toMatch(/^(LAMBDA|FOREIGN_CLASS|UNKNOWN_CLASS)$/);
    }
    await expect.poll(() => worker.blob.stat(upload.sha256 ?? "")).toBeNull();
  });
});

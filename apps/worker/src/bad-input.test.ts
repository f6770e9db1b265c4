import type { ERROR_CODES } from "@flotilla/contracts";
import { samples } from "@flotilla/samples";
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pixel, zipOf } from "./testing/hostile-archives.ts";
import {
  deepSubgraphs,
  emptyNodes,
  endlessLoop,
  externalData,
  growingMemory,
  hugeConstant,
  overflowingTensor,
} from "./testing/hostile-models.ts";
import { startTestWorker, type TestWorker } from "./testing/start-test-worker.ts";

const model = readFileSync(samples.mnistCnn);
const HDF5 = Buffer.concat([Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(600)]);
const LINK = 0o120777;

type Case = [
  what: string,
  kind: "model" | "data-set",
  fileName: string,
  code: keyof typeof ERROR_CODES,
  content: () => Buffer | Uint8Array | Promise<Buffer>,
];

const cases: Case[] = [
  ["text instead of a model", "model", "notes.onnx", "NOT_A_MODEL", () => Buffer.from("Dear diary, today I trained a model.\n".repeat(20))],
  ["a picture instead of a model", "model", "cat.png", "NOT_A_MODEL", () => pixel()],
  [
    "random bytes",
    "model",
    "noise.onnx",
    "NOT_A_MODEL",
    () => Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 197 + 31) % 251)),
  ],
  ["an empty model", "model", "empty.onnx", "EMPTY_FILE", () => Buffer.alloc(0)],
  ["a model cut in half", "model", "half.onnx", "TRUNCATED_FILE", () => model.subarray(0, model.length / 2)],
  ["a Keras file called .onnx", "model", "keras.onnx", "WRONG_EXTENSION", () => HDF5],
  ["an ONNX file called .tflite", "model", "model.tflite", "WRONG_EXTENSION", () => model],
  ["a Keras file", "model", "model.h5", "UNSUPPORTED_FORMAT", () => HDF5],
  ["subgraphs 90 deep", "model", "deep.onnx", "TOO_DEEP", () => deepSubgraphs(90)],
  ["5 million empty nodes", "model", "nodes.onnx", "TOO_MANY_NODES", () => emptyNodes(5_000_000)],
  ["weights in /etc/passwd", "model", "absolute.onnx", "EXTERNAL_DATA_OUTSIDE", () => externalData("/etc/passwd")],
  ["weights in ../../secret", "model", "parent.onnx", "EXTERNAL_DATA_OUTSIDE", () => externalData("../../secret")],
  ["weights in a file that is not there", "model", "missing.onnx", "EXTERNAL_DATA_MISSING", () => externalData("weights.bin")],
  ["dimensions that overflow", "model", "overflow.onnx", "DIMENSION_OVERFLOW", () => overflowingTensor()],
  ["a Loop without end", "model", "loop.onnx", "TIMED_OUT", () => endlessLoop()],
  ["a ConstantOfShape of 64 GB", "model", "huge.onnx", "OUT_OF_MEMORY", () => hugeConstant()],
  ["memory that grows past the limit bit by bit", "model", "grows.onnx", "OUT_OF_MEMORY", () => growingMemory()],
  ["an empty data set", "data-set", "empty.zip", "EMPTY_FILE", () => Buffer.alloc(0)],
  ["text instead of a data set", "data-set", "notes.zip", "NOT_A_DATA_SET", () => Buffer.from("no zip")],
  [
    "a zip without a picture",
    "data-set",
    "readme.zip",
    "NOT_A_DATA_SET",
    () => zipOf([{ name: "readme.md", content: Buffer.from("hello") }]),
  ],
  [
    "a zip cut short",
    "data-set",
    "cut.zip",
    "ARCHIVE_BROKEN",
    async () => (await zipOf([{ name: "0/a.png", content: pixel() }])).subarray(0, -30),
  ],
  [
    "a zip with ..",
    "data-set",
    "dots.zip",
    "ARCHIVE_UNSAFE_PATH",
    () =>
      zipOf([
        { name: "0/a.png", content: pixel() },
        { name: "../../evil.png", content: pixel() },
      ]),
  ],
  [
    "a zip with an absolute path",
    "data-set",
    "root.zip",
    "ARCHIVE_UNSAFE_PATH",
    () => zipOf([{ name: "/etc/cron.d/evil.png", content: pixel() }]),
  ],
  [
    "a zip with a link",
    "data-set",
    "link.zip",
    "ARCHIVE_LINK",
    () => zipOf([{ name: "0/a.png", content: Buffer.from("/etc/passwd"), mode: LINK }]),
  ],
  ["a zip bomb", "data-set", "bomb.zip", "ARCHIVE_BOMB", () => zipOf([{ name: "0/a.png", content: Buffer.alloc(60_000_000) }])],
  [
    "a picture that is none",
    "data-set",
    "broken.zip",
    "IMAGE_BROKEN",
    () => zipOf([{ name: "0/a.png", content: Buffer.from("not a png") }]),
  ],
  [
    "a picture cut short",
    "data-set",
    "cut-image.zip",
    "IMAGE_BROKEN",
    () => zipOf([{ name: "0/a.png", content: pixel().subarray(0, 45) }]),
  ],
  ["a picture of 60,000 × 60,000", "data-set", "big-image.zip", "TOO_LARGE", () => zipOf([{ name: "0/a.png", content: hugePicture() }])],
  [
    "labels.csv without a row for a picture",
    "data-set",
    "labels.zip",
    "LABELS_INVALID",
    () =>
      zipOf([
        { name: "a.png", content: pixel() },
        { name: "labels.csv", content: Buffer.from("file,label\nb.png,cat\n") },
      ]),
  ],
  ["a .npy cut short", "data-set", "cut.npy", "TRUNCATED_FILE", () => readFileSync(samples.mnistTestImages).subarray(0, 5_000)],
];

function hugePicture(): Buffer {
  const file = pixel();
  file.writeUInt32BE(60_000, 16);
  file.writeUInt32BE(60_000, 20);
  return Buffer.concat([file, deflateRawSync(Buffer.alloc(10))]);
}

describe("bad input", () => {
  let worker: TestWorker;
  beforeAll(async () => {
    worker = await startTestWorker({ inspectModelMs: 6_000, childMemoryBytes: 1.5e9 });
  }, 60_000);
  afterAll(() => worker?.stop());

  test.each(cases)("%s", { timeout: 30_000 }, async (_, kind, fileName, code, content) => {
    const verdict = await worker.upload(kind, fileName, await content());
    expect([verdict.state, verdict.errorCode, verdict.errorMessage]).toEqual(["REJECTED", code, expect.stringMatching(/^.{30,}\.$/s)]);
    await expect.poll(async () => [await worker.filesIn("blobs"), await worker.filesIn("tmp")]).toEqual([[], []]);
  });

  test("after all of it the same worker still takes a good model", { timeout: 30_000 }, async () => {
    const verdict = await worker.upload("model", "mnist-cnn.onnx", model);
    expect([verdict.state, verdict.errorMessage]).toEqual(["READY", null]);
    expect(await worker.filesIn("tmp")).toEqual([]);
  });
});

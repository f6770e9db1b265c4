import type { ERROR_CODES } from "@flotilla/contracts";
import { UPLOAD_LIMITS } from "@flotilla/services";
import { samples } from "@flotilla/samples";
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSender, type Outcome, type Sender } from "./testing/create-sender.ts";
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
const [keras2, keras3, tflite] = [samples.mnistKeras2, samples.mnistKeras3, samples.mnistTflite].map((path) => readFileSync(path)) as [
  Buffer,
  Buffer,
  Buffer,
];
const HDF5 = Buffer.concat([Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(600)]);
const LINK = 0o120777;

type Kind = "model" | "data-set";
type Case = [
  what: string,
  kind: Kind,
  fileName: string,
  code: keyof typeof ERROR_CODES,
  /** The file; or how somebody sends one who does not just send it. */
  input: (() => Buffer | Uint8Array | Promise<Buffer>) | Misbehaviour,
];

interface Misbehaviour {
  /** @returns the upload that it was about */
  act: (sender: Sender, file: { kind: Kind; fileName: string }) => Promise<string>;
}

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
  ["HDF5 that is only its signature", "model", "model.h5", "UNSUPPORTED_FORMAT", () => HDF5],
  ["a Keras HDF5 file cut in half", "model", "half.h5", "TRUNCATED_FILE", () => keras2.subarray(0, keras2.length / 2)],
  ["a .keras archive cut short", "model", "half.keras", "ARCHIVE_BROKEN", () => keras3.subarray(0, keras3.length / 2)],
  ["a .keras archive that is a bomb", "model", "bomb.keras", "ARCHIVE_BOMB", () => kerasWith("config.json", Buffer.alloc(60_000_000))],
  ["a .keras archive with ..", "model", "dots.keras", "ARCHIVE_UNSAFE_PATH", () => kerasWith("../../evil.py", Buffer.from("import os"))],
  ["a Keras model with a Lambda", "model", "lambda.keras", "UNSUPPORTED_OPERATOR", () => readFileSync(samples.kerasLambda)],
  ["a TFLite file cut in half", "model", "half.tflite", "INVALID_GRAPH", () => tflite.subarray(0, tflite.length / 2)],
  ["a TFLite file called .keras", "model", "model.keras", "WRONG_EXTENSION", () => tflite],
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
  ["a model of 3 GB", "model", "giant.onnx", "TOO_LARGE", announced(3e9)],
  ["a data set of 5 GB", "data-set", "giant.zip", "TOO_LARGE", announced(5e9)],
  ["an upload that never ends: more comes than was announced, and more", "model", "more.onnx", "TOO_LARGE", endless()],
  ["an upload that never ends: it stands still half way", "model", "still.onnx", "UPLOAD_EXPIRED", standingStill()],
  ["an upload that never ends: a byte a day", "data-set", "trickle.zip", "UPLOAD_EXPIRED", trickling()],
  ["bytes other than those that were hashed", "model", "swapped.onnx", "HASH_MISMATCH", swapped()],
];

/** A Keras 3 archive with one entry more, or another one. */
function kerasWith(name: string, content: Buffer): Promise<Buffer> {
  const config = Buffer.from(JSON.stringify({ class_name: "Sequential", config: { layers: [] } }));
  const entries = [
    { name: "metadata.json", content: Buffer.from(JSON.stringify({ keras_version: "3.15.1" })) },
    { name: "config.json", content: config },
    { name: "model.weights.h5", content: HDF5 },
  ];
  return zipOf([...entries.filter((entry) => entry.name !== name), { name, content }]);
}

/** Never gets to send a byte. */
function announced(sizeBytes: number): Misbehaviour {
  return { act: (sender, file) => sender.begin({ ...file, sizeBytes }) };
}

function endless(): Misbehaviour {
  return {
    async act(sender, file) {
      const uploadId = await sender.begin({ ...file, sizeBytes: model.length });
      await sender.send(uploadId, 0, new ReadableStream({ pull: (controller) => controller.enqueue(model.subarray(0, 65_536)) }));
      return uploadId;
    },
  };
}

function standingStill(): Misbehaviour {
  return {
    async act(sender, file) {
      const uploadId = await sender.begin({ ...file, sizeBytes: model.length });
      await sender.send(uploadId, 0, Uint8Array.from(model.subarray(0, model.length / 2)));
      await sender.wait(UPLOAD_LIMITS.idleMs + 1000);
      return uploadId;
    },
  };
}

/** Each byte comes before the upload would be given up for standing still. */
function trickling(): Misbehaviour {
  return {
    async act(sender, file) {
      const pauseMs = UPLOAD_LIMITS.idleMs - 60_000;
      const uploadId = await sender.begin({ ...file, sizeBytes: 1000 });
      for (let sent = 0; sent * pauseMs <= UPLOAD_LIMITS.totalMs; sent += 1) {
        await sender.send(uploadId, sent, Uint8Array.of(0x50));
        await sender.wait(pauseMs);
      }
      return uploadId;
    },
  };
}

function swapped(): Misbehaviour {
  return {
    async act(sender, file) {
      const uploadId = await sender.begin({ ...file, sizeBytes: model.length, sha256: "0".repeat(64) });
      await sender.send(uploadId, 0, Uint8Array.from(model));
      return uploadId;
    },
  };
}

function hugePicture(): Buffer {
  const file = pixel();
  file.writeUInt32BE(60_000, 16);
  file.writeUInt32BE(60_000, 20);
  return Buffer.concat([file, deflateRawSync(Buffer.alloc(10))]);
}

/** What somebody is told, however far the attempt came. */
async function attempt(sender: Sender, kind: Kind, fileName: string, input: Case[4]): Promise<Outcome> {
  try {
    if (typeof input === "function") return await sender.sendWhole(kind, fileName, await input());
    return await sender.outcomeOf(await input.act(sender, { kind, fileName }));
  } catch (refused) {
    if (isOutcome(refused)) return refused;
    throw refused;
  }
}

const isOutcome = (value: unknown): value is Outcome => typeof value === "object" && value !== null && "sentence" in value;

describe("bad input", () => {
  let worker: TestWorker;
  let sender: Sender;
  beforeAll(async () => {
    worker = await startTestWorker({ inspectModelMs: 6_000, childMemoryBytes: 1.5e9 });
    sender = createSender(worker);
  }, 60_000);
  afterAll(() => worker?.stop());

  test.each(cases)("%s", { timeout: 30_000 }, async (_, kind, fileName, code, input) => {
    const outcome = await attempt(sender, kind, fileName, input);
    expect(outcome).toEqual({
      state: expect.stringMatching(/^(REFUSED|REJECTED|EXPIRED)$/),
      code,
      sentence: expect.stringMatching(/^.{30,}\.$/s),
    });
    await expect
      .poll(async () => [await worker.filesIn("blobs"), await worker.filesIn("tmp"), await worker.filesIn("uploads")], {
        timeout: 10_000,
      })
      .toEqual([[], [], []]);
  });

  test("after all of it the same worker still takes a good model", { timeout: 30_000 }, async () => {
    const outcome = await sender.sendWhole("model", "mnist-cnn.onnx", model);
    expect(outcome).toEqual({ state: "READY", code: null, sentence: null });
    // Its graph is drawn right after the verdict.
    const left = async () => [await worker.filesIn("tmp"), await worker.filesIn("uploads")];
    await expect.poll(left, { timeout: 20_000 }).toEqual([[], []]);
  });
});

import { type Assignment, type DeviceGates, RELEASE_PAYLOAD_TYPE, type ReleaseFile, type ReleaseManifest } from "@flotilla/contracts";
import { samples } from "@flotilla/samples";
import type { Signer } from "@flotilla/trust/sign";
import { readNpy, writeNpy } from "@flotilla/validate/npy";
import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { DeviceServer } from "./device-server.ts";

const PIXELS = 28 * 28;
export const MODEL_ID = "6f0f3f0e-0000-4000-8000-000000000001";
export const MODEL_NAME = "mnist";

export const NO_GATES: DeviceGates = {
  goldenAgreementMin: 0.9,
  latencyP95MaxMs: null,
  latencyP95MaxRatio: null,
  memoryMaxBytes: null,
  memoryMaxRatio: null,
};

export type Release = { manifest: ReleaseManifest; variantSha256: string; files: Map<string, Uint8Array> };

export type ReleaseSpec = {
  model?: "mnistCnn" | "mnistMobilenet";
  /** The model's bytes instead: for files that are no model. */
  bytes?: Uint8Array;
  counter: number;
  gates?: Partial<DeviceGates>;
  goldenCount?: number;
  /** Golden outputs of other samples: the model cannot agree with them. */
  wrongGolden?: boolean;
  /** Grows the model file by so many bytes, with metadata that the runtime ignores. */
  padBytes?: number;
  opset?: number;
  profiles?: string[];
  predictedMemoryBytes?: number;
};

/** 1,000 real test images and their labels. */
export async function testImages(): Promise<{ images: Uint8Array[]; labels: number[] }> {
  const { data } = readNpy(await readFile(samples.mnistTestImages));
  const labels = readNpy(await readFile(samples.mnistTestLabels)).data;
  const bytes = data as Uint8Array;
  const images = Array.from({ length: bytes.length / PIXELS }, (_, index) => bytes.subarray(index * PIXELS, (index + 1) * PIXELS));
  return { images, labels: Array.from(labels as ArrayLike<number>, Number) };
}

/** A real release: model, golden inputs, and the golden outputs that the model itself gives here. */
export async function makeRelease(spec: ReleaseSpec): Promise<Release> {
  const path = samples[spec.model ?? "mnistCnn"];
  const source = spec.bytes ?? new Uint8Array(await readFile(path));
  const model = spec.padBytes === undefined ? source : Buffer.concat([source, padding(spec.padBytes, spec.counter)]);
  const count = spec.goldenCount ?? 16;
  const { images } = await testImages();
  const input = Float32Array.from(images.slice(0, count).flatMap((image) => [...image].map((pixel) => pixel / 255)));
  const output = await classify(path, input, count);
  const expected = spec.wrongGolden === true ? Float32Array.from([...output.slice(10), ...output.slice(0, 10)]) : output;
  const files = new Map<string, Uint8Array>();
  const add = (name: string, bytes: Uint8Array): ReleaseFile => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    files.set(sha256, bytes);
    return { name, sha256, sizeBytes: bytes.length };
  };
  const modelFile = add("model.onnx", model);
  const manifest: ReleaseManifest = {
    schemaVersion: 1,
    releaseId: randomUUID(),
    organisationId: randomUUID(),
    modelId: MODEL_ID,
    modelName: MODEL_NAME,
    version: spec.counter,
    counter: spec.counter,
    createdAt: new Date().toISOString(),
    inputs: [{ name: "image", type: "float32", shape: ["batch", 28, 28, 1] }],
    outputs: [{ name: await outputName(path), type: "float32", shape: ["batch", 10] }],
    preprocessing: {
      kind: "image",
      width: 28,
      height: 28,
      channels: 1,
      channelOrder: "rgb",
      layout: "nhwc",
      scale: 1 / 255,
      mean: [0],
      std: [1],
    },
    labels: Array.from({ length: 10 }, (_, digit) => String(digit)),
    variants: [
      {
        id: randomUUID(),
        name: "fp32",
        model: modelFile,
        runtime: "onnxruntime",
        opset: spec.opset ?? 17,
        profiles: spec.profiles ?? [],
        predictedMemoryBytes: spec.predictedMemoryBytes ?? 1_000_000,
      },
    ],
    golden: {
      count,
      inputs: [add("golden-input-0.npy", writeNpy({ type: "float32", shape: [count, 28, 28, 1], data: input }))],
      outputs: [add("golden-output-0.npy", writeNpy({ type: "float32", shape: [count, 10], data: expected }))],
    },
    gates: { ...NO_GATES, ...spec.gates },
  };
  return { manifest, variantSha256: modelFile.sha256, files };
}

/** Puts a release on the server and assigns it. */
export function assign(server: DeviceServer, release: Release, seq: number, signer: Signer = server.signer): Assignment {
  for (const [sha256, bytes] of release.files) server.files.set(sha256, bytes);
  const { manifest } = release;
  const [variant] = manifest.variants;
  if (variant === undefined) throw new Error("a release has a variant");
  const assignment: Assignment = {
    seq,
    rolloutId: null,
    releaseId: manifest.releaseId,
    variant,
    envelope: signer.sign(RELEASE_PAYLOAD_TYPE, new TextEncoder().encode(JSON.stringify(manifest))),
    artifacts: [variant.model, ...manifest.golden.inputs, ...manifest.golden.outputs],
  };
  server.assignment = assignment;
  return assignment;
}

async function classify(path: string, input: Float32Array, count: number): Promise<Float32Array> {
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1 });
  const results = await session.run({ image: new Tensor("float32", input, [count, 28, 28, 1]) });
  const output = results[session.outputNames[0] ?? ""]?.data as Float32Array;
  await session.release();
  return output;
}

async function outputName(path: string): Promise<string> {
  const session = await InferenceSession.create(path);
  const name = session.outputNames[0] ?? "";
  await session.release();
  return name;
}

/** ModelProto.metadata_props (field 14), appended: concatenated protobuf messages are merged. */
function padding(bytes: number, seed: number): Uint8Array {
  const text = Buffer.alloc(bytes, `padding ${seed} `);
  const length = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...length(value >>> 7)]);
  const entry = Buffer.concat([Buffer.from([10, 1, 112, 18, ...length(text.length)]), text]);
  return Buffer.concat([Buffer.from([(14 << 3) | 2, ...length(entry.length)]), entry]);
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeModel } from "@flotilla/onnx";
import { readNpy } from "@flotilla/validate/npy";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { convertTflite } from "./convert-tflite.ts";

const FIXTURES = join(import.meta.dirname, "../../test-data/tflite");

interface Port {
  readonly name: string;
  readonly type: "float32" | "int8" | "int32";
  readonly shape: readonly number[];
  readonly file: string;
}

interface Form {
  readonly file: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Nodes after the clean-up, at most. What onnxsim leaves of the same model (by way of tf2onnx), where that was measured. */
const MOST_NODES: Readonly<Record<string, number>> = {
  mini_mobilenet: 34,
  bigru_digits: 112,
  unet: 28,
  ssd_tiny: 28,
  siamese: 39,
  lstm_rows: 13,
  tcn_waves: 85,
};

/**
 * Steps by which an int8 output may differ from TFLite's interpreter, and the share of values that may differ by more than one. One of the networks' thousands of
 * sums may lie so near a half that float32 takes it for the other side; behind it a step in tcn_waves becomes three.
 */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  activations: [1, 0],
  autoencoder: [1, 0],
  hello_world: [1, 0],
  micro_speech: [1, 0],
  mini_mobilenet: [1, 0],
  mnist_cnn: [1, 0],
  preprocess: [1, 0],
  sepconv_digits: [1, 0],
  siamese: [1, 0],
  ssd_tiny: [1, 0],
  tcn_waves: [3, 0.0032],
  unet: [1, 0],
};

const SAMPLES = 4;

function metaOf(name: string): Partial<Record<"float" | "int8", Form>> {
  return JSON.parse(readFileSync(join(FIXTURES, name, "meta.json"), "utf8")) as Partial<Record<"float" | "int8", Form>>;
}

function modelOf(name: string, form: Form): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, name, form.file)));
}

function valuesOf(name: string, file: string): Float64Array {
  return Float64Array.from(readNpy(readFileSync(join(FIXTURES, name, file))).data, Number);
}

function tensorOf({ type, shape }: Port, values: Float64Array): Tensor {
  const data = type === "float32" ? Float32Array.from(values) : type === "int8" ? Int8Array.from(values) : Int32Array.from(values);
  return new Tensor(type, data, [...shape]);
}

/** One sample at a time, as the references were made. Each output: what came out, and what TFLite's interpreter gave. */
async function run(name: string, form: Form): Promise<{ readonly got: Float64Array; readonly wanted: Float64Array }[][]> {
  const { model } = convertTflite(modelOf(name, form));
  expect(model.graph.inputs).toEqual(form.inputs.map((port) => port.name));
  const session = await InferenceSession.create(writeModel(model), {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const part = (values: Float64Array, sample: number): Float64Array =>
    values.subarray((values.length / SAMPLES) * sample, (values.length / SAMPLES) * (sample + 1));
  const samples = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const feeds = Object.fromEntries(form.inputs.map((port) => [port.name, tensorOf(port, part(valuesOf(name, port.file), sample))]));
    const results = await session.run(feeds);
    samples.push(
      form.outputs.map((port) => ({
        got: Float64Array.from(results[port.name]?.data as Iterable<number>, Number),
        wanted: part(valuesOf(name, port.file), sample),
      })),
    );
  }
  await session.release();
  return samples;
}

function worst(got: Float64Array, wanted: Float64Array): number {
  expect(got.length).toBe(wanted.length);
  return got.reduce((most, value, index) => Math.max(most, Math.abs(value - (wanted[index] ?? NaN))), 0);
}

function classOf(values: Float64Array): number {
  return values.indexOf(Math.max(...values));
}

describe("a float TFLite file of a trained model", () => {
  for (const { name } of readdirSync(FIXTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const { float } = metaOf(name);
    if (float === undefined) continue;
    it(`${name} computes as TFLite's interpreter does, to 1e-5 of the largest value`, async () => {
      for (const { got, wanted } of (await run(name, float)).flat()) {
        const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        expect(worst(got, wanted)).toBeLessThanOrEqual(1e-5 * largest);
      }
      expect(convertTflite(modelOf(name, float)).nodesAfter).toBeLessThanOrEqual(MOST_NODES[name] ?? Infinity);
    });
  }
});

describe("an int8 TFLite file of a trained model", () => {
  for (const [name, [steps, share]] of Object.entries(STEPS)) {
    const { int8 } = metaOf(name);
    it(`${name} computes as TFLite's interpreter does, to ${steps} steps`, async () => {
      expect(int8).toBeDefined();
      if (int8 === undefined) return;
      const samples = await run(name, int8);
      for (const port of int8.outputs.keys()) {
        const pairs = samples.map((outputs) => outputs[port] ?? { got: new Float64Array(), wanted: new Float64Array() });
        const differences = pairs.flatMap(({ got, wanted }) => [...got].map((value, index) => Math.abs(value - (wanted[index] ?? NaN))));
        expect(Math.max(...differences)).toBeLessThanOrEqual(steps);
        expect(differences.filter((difference) => difference > 1).length / differences.length).toBeLessThanOrEqual(share);
        for (const { got, wanted } of pairs) if (got.length === 10) expect(classOf(got)).toBe(classOf(wanted));
      }
    });
  }
});

describe("a fused LSTM", () => {
  it("starts every run anew: the same sample gives the same answer twice", async () => {
    const form = metaOf("lstm_rows").float;
    expect(form).toBeDefined();
    if (form === undefined) return;
    const [first, again] = [await run("lstm_rows", form), await run("lstm_rows", form)];
    expect(again).toEqual(first);
  });
});

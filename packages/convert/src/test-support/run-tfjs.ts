import "@tensorflow/tfjs-backend-cpu";
import { type io, tensor, type Tensor } from "@tensorflow/tfjs-core";
import { type LayersModel, models } from "@tensorflow/tfjs-layers";
import type { RandomLayer } from "./random-layer.ts";
import { randomBelow } from "./random.ts";
import type { TestTensor } from "./model-archive.ts";

/** A layer in a Sequential model of TensorFlow.js, with random weights, as it saves itself, and what it answers to random numbers. */
export interface TfjsCase {
  readonly modelJson: string;
  readonly weights: Uint8Array;
  readonly input: TestTensor;
  readonly output: TestTensor;
}

const BATCH = 2;

export async function runTfjs({ className, config, shape }: RandomLayer, seed: number): Promise<TfjsCase> {
  const layer = { class_name: className, config: { name: "layer", batch_input_shape: [null, ...shape], ...config } };
  const topology = { class_name: "Sequential", config: { name: "case", layers: [layer] } };
  const model = await models.modelFromJSON({ modelTopology: topology });
  randomise(model, seed);
  const input = randomTensor([BATCH, ...shape], seed + 1);
  const numbers = tensor(new Float32Array(new Uint8Array(input.bytes).buffer), [...input.dims]);
  const answer = model.predict(numbers) as Tensor;
  const output = toTest(answer);
  numbers.dispose();
  answer.dispose();
  const saved = await artifacts(model);
  model.dispose();
  const weights = saved.weightData instanceof ArrayBuffer ? new Uint8Array(saved.weightData) : new Uint8Array();
  const weightsManifest = [{ paths: ["weights.bin"], weights: saved.weightSpecs }];
  return { modelJson: JSON.stringify({ modelTopology: saved.modelTopology, weightsManifest }), weights, input, output };
}

async function artifacts(model: LayersModel): Promise<io.ModelArtifacts> {
  let saved: io.ModelArtifacts = {};
  await model.save({
    save: async (given) => {
      saved = given;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } });
    },
  });
  return saved;
}

/** Variances must be positive. */
function randomise(model: LayersModel, seed: number): void {
  const values = model.weights.map((weight, index) => {
    const found = randomTensor(weight.shape.map(Number), seed * 31 + index);
    const numbers = new Float32Array(new Uint8Array(found.bytes).buffer);
    return tensor(weight.name.includes("variance") ? numbers.map((value) => Math.abs(value) + 0.2) : numbers, [...found.dims]);
  });
  model.setWeights(values);
  for (const value of values) value.dispose();
}

function randomTensor(dims: readonly number[], seed: number): TestTensor {
  const random = randomBelow(seed);
  const count = dims.reduce((total, dim) => total * dim, 1);
  const values = Float32Array.from({ length: count }, () => random(20_001) / 10_000 - 1);
  return { type: "float32", dims, bytes: new Uint8Array(values.buffer) };
}

function toTest(value: Tensor): TestTensor {
  const values = Float32Array.from(value.dataSync());
  return { type: "float32", dims: value.shape, bytes: new Uint8Array(values.buffer) };
}

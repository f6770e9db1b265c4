import type { Feeds, OpenModel, Value } from "@flotilla/onnx/optimise";
import { type FeedPlan, planFeeds, runSteps, type StepTensors } from "@flotilla/validate/feed";
import type { OutputPair } from "@flotilla/validate/metrics";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { openSession } from "../accuracy/runtime.ts";
import type { ArraySet } from "./real-data.ts";

/** onnxruntime on one thread for models with any types of inputs. */
export const openAny: OpenModel = async (bytes, { optimise }) => {
  const session = await openSession(bytes, optimise);
  return {
    run: async (feeds, wanted) => {
      const tensors = tensorsOf(feeds);
      const outputs = wanted === undefined ? await session.run(tensors) : await session.run(tensors, [...wanted]);
      return outputs as unknown as Record<string, Value>;
    },
    release: () => session.release(),
  };
};

export function planOf(session: InferenceSession, set: ArraySet): FeedPlan {
  const specs = (all: readonly InferenceSession.ValueMetadata[]) => all.flatMap((one) => (one.isTensor ? [one] : []));
  return planFeeds({ inputs: specs(session.inputMetadata), outputs: specs(session.outputMetadata) }, set.arrays);
}

/** Feeds of samples with their states as this session makes them; of sequences every `keep`-th step. */
export async function* feedsOf(session: InferenceSession, set: ArraySet, indices: readonly number[], keep = 1): AsyncGenerator<Feeds> {
  const plan = planOf(session, set);
  let at = 0;
  for (const index of indices)
    for await (const { feeds } of runSteps(plan, set.read(index), (step) => session.run(tensorsOf(step)))) {
      if (at % keep === 0) yield feeds as unknown as Feeds;
      at += 1;
    }
}

/** Every numeric output over the set: first axis = sample, or step where samples are sequences. */
export async function predictAll(session: InferenceSession, set: ArraySet): Promise<Map<string, OutputPair["source"]>> {
  const plan = planOf(session, set);
  const rows = set.count * plan.steps;
  const held = new Map<string, { type: "float32"; shape: number[]; data: Float32Array }>();
  let row = 0;
  for (let index = 0; index < set.count; index += 1)
    for await (const { outputs } of runSteps(plan, set.read(index), (step) => session.run(tensorsOf(step)))) {
      for (const [name, { data, dims }] of Object.entries(outputs)) {
        if (!(data instanceof Float32Array)) continue;
        const shape = dims[0] === 1 ? dims.slice(1) : dims;
        const output = held.get(name) ?? { type: "float32", shape: [rows, ...shape], data: new Float32Array(rows * data.length) };
        held.set(name, output);
        output.data.set(data, row * data.length);
      }
      row += 1;
    }
  return held;
}

export function tensorsOf(feeds: StepTensors | Feeds): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toTensor(value)]));
}

function toTensor(value: StepTensors[string] | Value): Tensor {
  if (value instanceof Tensor) return value;
  const { data, dims } = value;
  if ("type" in value) return new Tensor(value.type as "float32", data as Float32Array, dims);
  if (data instanceof Float32Array) return new Tensor("float32", data, dims);
  return new Tensor(value.bool === true ? "bool" : "uint8", data as Uint8Array, dims);
}

import { type FeedPlan, firstFeeds, type ModelTensor, planFeeds, runSteps, type StepTensors } from "@flotilla/validate/feed";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { Samples } from "../data-sets/open-samples.ts";
import { runSession } from "./open-session.ts";
import type { Runnable } from "./runnable.ts";

export type Tensors = Record<string, Tensor>;

/** How a session is fed with these samples. Throws PREPROCESSING_MISMATCH where they do not fit its inputs. */
export function planSamples(session: Runnable, samples: Samples): FeedPlan {
  return planFeeds({ inputs: tensorsOf(session.inputMetadata), outputs: tensorsOf(session.outputMetadata) }, samples.arrays);
}

/** Runs one sample: once, or step by step with its states carried along. */
export async function* runSample(
  session: Runnable,
  plan: FeedPlan,
  samples: Samples,
  index: number,
): AsyncGenerator<{ feeds: Tensors; outputs: Tensors }> {
  const steps = runSteps(plan, await samples.read(index), (feeds) => runSession(session, toTensors(feeds)));
  for await (const { feeds, outputs } of steps) yield { feeds: toTensors(feeds), outputs };
}

/** What the first step of a sample is fed, to be run again and again. */
export async function sampleFeeds(plan: FeedPlan, samples: Samples, index: number): Promise<Tensors> {
  return toTensors(firstFeeds(plan, await samples.read(index)));
}

function tensorsOf(described: readonly InferenceSession.ValueMetadata[]): ModelTensor[] {
  return described.flatMap((one) => (one.isTensor ? [{ name: one.name, type: one.type, shape: one.shape }] : []));
}

function toTensors(feeds: StepTensors): Tensors {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, data, dims }]) => [name, new Tensor(type as "float32", data as Float32Array, dims)]),
  );
}

/** A numeric output as float32; null where it is text or something else that has no number. */
export function toFloats(tensor: Tensor): Float32Array | null {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (tensor.type === "string" || !ArrayBuffer.isView(data)) return null;
  return Float32Array.from(data as unknown as ArrayLike<number | bigint>, Number);
}

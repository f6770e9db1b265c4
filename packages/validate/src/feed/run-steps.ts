import { type ElementValues, toElements } from "./element-values.ts";
import type { FeedPlan, InputFeed } from "./plan-feeds.ts";

/** A tensor on its way into or out of a runtime. */
export interface StepTensor {
  /** Element type as onnxruntime names it. */
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

export type StepTensors = Readonly<Record<string, StepTensor>>;

/**
 * Runs a model over one sample, step by step, its states carried from each step to the next. `arrays` are the sample's values in the plan's order.
 * Gives what was fed and what came out.
 */
export async function* runSteps<Outputs extends StepTensors>(
  plan: FeedPlan,
  arrays: readonly Float32Array[],
  run: (feeds: StepTensors) => Promise<Outputs>,
): AsyncGenerator<{ feeds: StepTensors; outputs: Outputs }> {
  let before: StepTensors = {};
  for (let step = 0; step < plan.steps; step += 1) {
    const feeds = Object.fromEntries(plan.inputs.map((input) => [input.name, feedOf(input, arrays, step, before)]));
    const outputs = await run(feeds);
    yield { feeds, outputs };
    before = outputs;
  }
}

/** What the first step is fed: enough to time a model. */
export function firstFeeds(plan: FeedPlan, arrays: readonly Float32Array[]): StepTensors {
  return Object.fromEntries(plan.inputs.map((input) => [input.name, feedOf(input, arrays, 0, {})]));
}

function feedOf(input: InputFeed, arrays: readonly Float32Array[], step: number, before: StepTensors): StepTensor {
  const { type, dims, from } = input;
  if ("output" in from) return before[from.output] ?? { type, dims, data: toElements(input, new Float32Array(count(dims))) };
  const values = arrays[from.array] ?? new Float32Array();
  const size = count(dims);
  const data: ElementValues = toElements(input, from.perStep ? values.subarray(step * size, (step + 1) * size) : values);
  return { type, dims, data };
}

function count(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect } from "vitest";
import { checkModel } from "../graph/check-model.ts";
import type { OnnxModel } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { writeModel } from "../graph/write-model.ts";
import { noise } from "./build-model.ts";

export type Feeds = Readonly<Record<string, Tensor>>;

export interface Result {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}

/** Runs a model file in onnxruntime without its own graph optimisations, which could hide what a pass did. */
export async function runModel(
  bytes: Uint8Array,
  feeds: Feeds,
  level: "disabled" | "all" = "disabled",
): Promise<Readonly<Record<string, Result>>> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    graphOptimizationLevel: level,
  });
  const outputs = await session.run({ ...feeds });
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dims, data }]) => [name, { dims, data: data as ArrayLike<number | bigint> }]),
  );
}

/** Noise for every input; symbols and unknown dimensions become 2. */
export function noiseFeeds(model: OnnxModel): Feeds {
  return Object.fromEntries(
    model.graph.inputs.map((name, index) => {
      const dims = (model.graph.typeOf(name)?.shape ?? []).map((dim) => (typeof dim === "number" ? dim : 2));
      const count = dims.reduce((total, dim) => total * dim, 1);
      return [name, new Tensor("float32", noise(count, index + 7), dims)];
    }),
  );
}

/** The largest difference, relative to the largest value (at least 1); infinite where shapes differ. */
export function difference(left: Result | undefined, right: Result | undefined): number {
  if (left === undefined || right === undefined || left.dims.join() !== right.dims.join()) return Infinity;
  let [worst, largest] = [0, 1];
  for (let index = 0; index < left.data.length; index += 1) {
    const [a, b] = [Number(left.data[index]), Number(right.data[index])];
    largest = Math.max(largest, Math.abs(a));
    worst = Math.max(worst, Math.abs(a - b));
  }
  return worst / largest;
}

/**
 * Lets `change` rewrite a copy of `model` and expects onnxruntime to compute the same with both. Returns the copy, read from its file.
 */
export async function expectSame(
  model: OnnxModel,
  change: (copy: OnnxModel) => unknown,
  options: { readonly tolerance?: number; readonly feeds?: Feeds } = {},
): Promise<OnnxModel> {
  const before = writeModel(model);
  const copy = readModel(before);
  change(copy);
  checkModel(copy);
  const after = writeModel(copy);
  const feeds = options.feeds ?? noiseFeeds(model);
  const [wanted, got] = [await runModel(before, feeds), await runModel(after, feeds)];
  expect(Object.keys(got)).toEqual(Object.keys(wanted));
  for (const [name, result] of Object.entries(wanted)) expect(difference(result, got[name])).toBeLessThanOrEqual(options.tolerance ?? 1e-5);
  return readModel(after);
}

export function operators(model: OnnxModel): string[] {
  return model.graph.nodes.map((node) => node.opType);
}

import type { Graph } from "../graph/graph.ts";
import { type OnnxModel, opsetOf } from "../graph/model.ts";
import { intAttribute, intsAttribute } from "../graph/node.ts";
import { int64Tensor } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { cloneModel } from "./layers.ts";
import { type Batches, floats, type OpenModel, runBatches } from "./run-model.ts";

export type Statistic = "mean" | "min" | "max";

const REDUCERS = { mean: "ReduceMean", min: "ReduceMin", max: "ReduceMax" } as const;

export interface ChannelTap {
  /** What the result is filed under. */
  readonly key: string;
  /** The value to be measured. */
  readonly value: string;
  readonly rank: number;
  readonly channelAxis: number;
}

/**
 * One statistic per channel of each tapped value over all batches. The reductions are nodes of the graph that is run, so that numbers per
 * channel leave the runtime, not feature maps: a hundred times less to copy.
 */
export async function measureChannels(
  model: OnnxModel,
  /** Names the values, or adds nodes to the copy that is run and names theirs. */
  taps: (copy: OnnxModel) => readonly ChannelTap[],
  statistic: Statistic,
  run: { readonly open: OpenModel; readonly batches: Batches; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, Float64Array>> {
  const copy = cloneModel(model);
  const opset = opsetOf(copy);
  const outputs = new Map(taps(copy).map((tap) => [tap.key, addReduction(copy.graph, tap, statistic, opset)]));
  if (outputs.size === 0) return new Map();
  copy.graph.sortTopologically();
  copy.graph.outputs.splice(0, copy.graph.outputs.length, ...outputs.values());
  const results = new Map<string, Float64Array>();
  let total = 0;
  const options = run.signal === undefined ? {} : { signal: run.signal };
  await runBatches(
    run.open,
    writeModel(copy),
    run.batches,
    (values, _feeds, samples) => {
      for (const [key, output] of outputs) {
        const found = floats(values, output);
        if (found !== null) accumulate(results, key, found, statistic, samples);
      }
      total += samples;
    },
    options,
  );
  if (statistic === "mean") for (const sums of results.values()) for (const [at, sum] of sums.entries()) sums[at] = sum / total;
  return results;
}

/** Axes are an attribute of ReduceMean, ReduceMin and ReduceMax until opset 17, an input since 18. */
function addReduction(graph: Graph, tap: ChannelTap, statistic: Statistic, opset: number): string {
  const axes = Array.from({ length: tap.rank }, (_, axis) => axis).filter((axis) => axis !== tap.channelAxis);
  const output = graph.freshName("r");
  const late = opset >= 18;
  graph.addNode({
    opType: REDUCERS[statistic],
    inputs: late ? [tap.value, graph.addConstant(int64Tensor(axes), "axes")] : [tap.value],
    outputs: [output],
    attributes: { keepdims: intAttribute(0), ...(late ? {} : { axes: intsAttribute(axes) }) },
  });
  graph.types.set(output, { elemType: 1, shape: null });
  return output;
}

function accumulate(results: Map<string, Float64Array>, key: string, found: Float32Array, statistic: Statistic, samples: number): void {
  const known = results.get(key);
  if (known === undefined) {
    results.set(
      key,
      Float64Array.from(found, (value) => (statistic === "mean" ? value * samples : value)),
    );
    return;
  }
  for (const [at, value] of found.entries()) {
    const before = known[at] ?? 0;
    known[at] = statistic === "mean" ? before + value * samples : statistic === "min" ? Math.min(before, value) : Math.max(before, value);
  }
}

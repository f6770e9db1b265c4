import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { float32View, floatTensor, type Tensor } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { findPairs, type LayerPair } from "./find-pairs.ts";
import { layerOf, replaceConstant } from "./layers.ts";

export interface EqualiseOptions {
  /** Largest value per channel of each pair's `between`, measured. Without it pairs with a Clip that could bind are left alone. */
  readonly largest?: ReadonlyMap<string, Float64Array>;
  /**
   * What a channel is balanced against in the second layer. `weights`: the first layer's weights, as published; right for a scale per tensor.
   * `activations`: the value between, which has one scale whatever the weights have; right for a scale per channel, needs `largest`.
   */
  readonly balance: "weights" | "activations";
  /** Passes over all pairs, since a layer in two pairs is scaled by both. Default 10. */
  readonly rounds?: number;
}

/** A channel that calibration saw end below a Clip may go this much further before it is cut. */
const HEADROOM = 1.25;
/** Scales are kept within this factor: a dead channel must not blow its neighbour's weights up. */
const LARGEST_SCALE = 1e3;
const CONVERGED = 1.02;

/**
 * Cross-layer equalisation (Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, 2019, arXiv 1906.04721, §4.1).
 *
 * Before:     y = W₂ · f(W₁ · x + b₁), f a Relu, a Clip from 0, a pool, a zero pad or several of them
 * After:      y = W₂ · A⁻¹ · f(A · W₁ · x + A · b₁), A diagonal and positive: the same function, its channels of like size
 * Conditions: nothing else reads between them; the weights belong to one node each; a channel that reaches its Clip's limit keeps its scale,
 *             another may only grow until it nearly does
 *
 * With `balance: "weights"`, a = √(r₂ / r₁) from the ranges of each channel's weights. With `"activations"`, a channel in front of a depthwise
 * layer is stretched to the largest one (both layers' weights have a scale per channel and feel nothing), in front of a dense one by √(r₂ / max),
 * as SmoothQuant does (Xiao et al. 2022, arXiv 2211.10438, α = ½).
 *
 * It helps per-tensor weights a lot. It hurts where a picture outside the calibration set drives a stretched channel past the Clip.
 * Changes `model`; returns how many pairs were rescaled.
 */
export function equaliseLayers(model: OnnxModel, options: EqualiseOptions): number {
  const { graph } = model;
  const largest = new Map([...(options.largest ?? [])].map(([value, channels]) => [value, Float64Array.from(channels)]));
  const touched = new Set<string>();
  for (let round = 0; round < (options.rounds ?? 10); round += 1) {
    let strongest = 1;
    for (const found of findPairs(graph)) {
      const pair = readAnew(graph, found);
      const factors = chooseFactors(pair, options.balance, largest.get(pair.between) ?? null);
      if (factors === null) continue;
      rescale(graph, pair, factors);
      touched.add(pair.first.name);
      const known = largest.get(pair.between);
      for (const [channel, factor] of factors.entries()) {
        if (known !== undefined) known[channel] = (known[channel] ?? 0) * factor;
        strongest = Math.max(strongest, factor, 1 / factor);
      }
    }
    if (strongest < CONVERGED) break;
  }
  return touched.size;
}

/** A layer in two pairs was rescaled by the other one meanwhile. */
function readAnew(graph: Graph, pair: LayerPair): LayerPair {
  return { ...pair, first: layerOf(graph, pair.first.node) ?? pair.first, second: layerOf(graph, pair.second.node) ?? pair.second };
}

/** Per channel: what the first layer's outputs are multiplied with and the second one's inputs divided by. Null leaves the pair alone. */
function chooseFactors(pair: LayerPair, balance: EqualiseOptions["balance"], largest: Float64Array | null): Float64Array | null {
  if (largest === null && (balance === "activations" || Number.isFinite(pair.clipHigh))) return null;
  const second = channelMaxima(pair.second.weight, pair.second.layout.inputs, pair.second.layout.inputOf);
  const first =
    balance === "weights" || largest === null
      ? channelMaxima(pair.first.weight, pair.first.layout.outputs, pair.first.layout.outputOf)
      : largest;
  const factors = balance === "activations" && isDepthwise(pair) ? stretch(first) : first.map((range, at) => root(second[at] ?? 0, range));
  const ceiling = largest === null || balance === "weights" ? Infinity : Math.max(...largest);
  return factors.map((factor, channel) => limit(factor, largest?.[channel] ?? null, Math.min(pair.clipHigh, ceiling), pair.clipHigh));
}

function isDepthwise({ second }: LayerPair): boolean {
  return second.node.is("Conv") && second.layout.inputs === second.node.int("group", 1);
}

function stretch(largest: Float64Array): Float64Array {
  const target = Math.max(...largest);
  return largest.map((value) => (value > 0 ? target / value : 1));
}

function root(second: number, first: number): number {
  return first > 0 && second > 0 ? Math.sqrt(second / first) : 1;
}

/** `ceiling` is where the value between would get a wider range than it has, `clipHigh` where it would be cut. */
function limit(factor: number, reach: number | null, ceiling: number, clipHigh: number): number {
  const bounded = Math.min(LARGEST_SCALE, Math.max(1 / LARGEST_SCALE, factor));
  if (reach === null) return bounded;
  if (reach >= clipHigh * 0.999) return 1;
  const clipped = Number.isFinite(clipHigh) && reach > 0 ? Math.max(1, clipHigh / (reach * HEADROOM)) : Infinity;
  return Math.min(bounded, clipped, reach > 0 ? Math.max(ceiling / reach, 1 / LARGEST_SCALE) : 1);
}

function channelMaxima(weight: Tensor, channels: number, channelOf: (flat: number) => number): Float64Array {
  const maxima = new Float64Array(channels);
  for (const [flat, value] of float32View(weight).entries()) {
    const channel = channelOf(flat);
    maxima[channel] = Math.max(maxima[channel] ?? 0, Math.abs(value));
  }
  return maxima;
}

function rescale(graph: Graph, { first, second }: LayerPair, factors: Float64Array): void {
  replaceConstant(
    graph,
    first.node,
    1,
    scaled(first.weight, (flat) => factors[first.layout.outputOf(flat)] ?? 1),
  );
  const bias = floatConstant(graph, first.node.inputs[2] ?? "");
  if (bias !== null)
    replaceConstant(
      graph,
      first.node,
      2,
      scaled(bias, (channel) => factors[channel] ?? 1),
    );
  replaceConstant(
    graph,
    second.node,
    1,
    scaled(second.weight, (flat) => 1 / (factors[second.layout.inputOf(flat)] ?? 1)),
  );
}

function scaled(tensor: Tensor, factorOf: (flat: number) => number): Tensor {
  return floatTensor(
    tensor.dims,
    float32View(tensor).map((value, flat) => value * factorOf(flat)),
  );
}

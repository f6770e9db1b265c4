import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { type Layer, layerOf } from "./layers.ts";

/** Two layers between which channels can be rescaled: what lies between them treats each channel alike and apart. */
export interface LayerPair {
  readonly first: Layer;
  readonly second: Layer;
  /** The value behind the activation: what is quantised between the two. */
  readonly between: string;
  /** The upper limit of a Clip between them; infinite without one. */
  readonly clipHigh: number;
  /** Zeros are put around what `second` reads, so an added constant would not reach the border. */
  readonly padded: boolean;
}

/** f(a·x) = a·f(x) for a > 0, channel by channel. */
const EQUIVARIANT = ["Relu", "LeakyRelu", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Identity"];

/**
 * Pairs of layers (Conv, depthwise Conv, ConvTranspose, Gemm; MatMul has no bias to scale) in which the first one's output reaches only the second, through
 * nodes that commute with a positive scale per channel.
 */
export function findPairs(graph: Graph): LayerPair[] {
  return graph.nodes.flatMap((node) => {
    const first = node.is("Conv", "ConvTranspose", "Gemm") && hasPlainBias(graph, node) ? layerOf(graph, node) : null;
    const pair = first === null || isShared(graph, first) ? null : follow(graph, first);
    return pair === null || isShared(graph, pair.second) ? [] : [pair];
  });
}

function hasPlainBias(graph: Graph, node: Node): boolean {
  const bias = node.inputs[2] ?? "";
  if (node.is("Gemm") && (node.float("alpha", 1) !== 1 || node.float("beta", 1) !== 1 || node.int("transA", 0) === 1)) return false;
  return bias === "" || (floatConstant(graph, bias)?.dims.length === 1 && graph.consumerCount(bias) === 1);
}

/** Weights that two nodes read may not be rescaled for one of them. */
function isShared(graph: Graph, layer: Layer): boolean {
  return graph.consumerCount(layer.node.inputs[1] ?? "") !== 1;
}

function follow(graph: Graph, first: Layer): LayerPair | null {
  let value = first.node.outputs[0] ?? "";
  let [between, clipHigh, padded] = [value, Infinity, false];
  for (;;) {
    const [reader, ...others] = graph.consumersOf(value);
    if (reader === undefined || others.length > 0 || graph.isOutput(value) || reader.inputs[0] !== value) return null;
    const second = layerOf(graph, reader);
    if (second !== null) {
      if (second.layout.inputs !== first.layout.outputs || second.node.is("Gemm") !== first.node.is("Gemm")) return null;
      return { first, second, between, clipHigh, padded: padded || hasPads(reader) };
    }
    if (reader.is("Clip")) {
      const high = clipAtZero(graph, reader);
      if (high === null) return null;
      clipHigh = Math.min(clipHigh, high);
    } else if (reader.is("Pad")) {
      if (!padsZeros(graph, reader)) return null;
      padded = true;
    } else if (!reader.is(...EQUIVARIANT)) return null;
    value = reader.outputs[0] ?? "";
    if (!reader.is("Pad")) between = value;
  }
}

/** The upper limit of a Clip whose lower one is 0, else null: −1 to 1 does not survive a scale per channel. */
function clipAtZero(graph: Graph, node: Node): number | null {
  const limit = (index: number, attribute: string, fallback: number): number | null => {
    const input = node.inputs[index] ?? "";
    if (input === "") return node.float(attribute, fallback);
    const tensor = graph.constantOf(input);
    return tensor === null ? null : (toNumbers(tensor)[0] ?? fallback);
  };
  return limit(1, "min", -Infinity) === 0 ? limit(2, "max", Infinity) : null;
}

function padsZeros(graph: Graph, node: Node): boolean {
  const value = node.inputs[2] ?? "";
  if (node.string("mode", "constant") !== "constant") return false;
  if (value === "") return node.float("value", 0) === 0;
  const tensor = graph.constantOf(value);
  return tensor !== null && (toNumbers(tensor)[0] ?? 0) === 0;
}

function hasPads(node: Node): boolean {
  const automatic = node.string("auto_pad", "NOTSET");
  return (automatic !== "NOTSET" && automatic !== "VALID") || (node.ints("pads") ?? []).some((pad) => pad !== 0);
}

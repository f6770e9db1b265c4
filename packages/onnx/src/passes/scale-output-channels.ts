import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { float32View, floatTensor, type Tensor } from "../graph/tensor.ts";
import { floatConstant } from "./channel-vector.ts";

/** What a node with weights computes per output channel, so that `y * scale + shift` can be moved into them. */
export interface ChannelLayout {
  readonly channels: number;
  /** The output channel of a weight's flat index. */
  readonly channelOf: (flat: number) => number;
}

/**
 * The layout of a Conv, ConvTranspose or Gemm with constant float weights and bias whose result only one node reads; else null.
 * Weights: Conv [M, C/g, …], ConvTranspose [C, M/g, …], Gemm [K, N] or, with transB, [N, K].
 */
export function foldableLayout(graph: Graph, node: Node | null): ChannelLayout | null {
  if (node === null || !node.is("Conv", "ConvTranspose", "Gemm")) return null;
  const output = node.outputs[0] ?? "";
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  const bias = node.inputs[2] ?? "";
  if (weight === null || graph.isOutput(output) || graph.consumerCount(output) !== 1) return null;
  if (bias !== "" && floatConstant(graph, bias)?.dims.length !== 1) return null;
  return node.is("Gemm") ? gemmLayout(node, weight) : convolutionLayout(node, weight);
}

function gemmLayout(node: Node, weight: Tensor): ChannelLayout | null {
  if (node.float("alpha", 1) !== 1 || node.float("beta", 1) !== 1) return null;
  const [rows = 0, columns = 0] = weight.dims;
  if (node.int("transB", 0) === 1) return { channels: rows, channelOf: (flat) => Math.floor(flat / columns) };
  return { channels: columns, channelOf: (flat) => flat % columns };
}

function convolutionLayout(node: Node, weight: Tensor): ChannelLayout {
  const [first = 0, second = 0, ...kernel] = weight.dims;
  const taps = kernel.reduce((total, size) => total * size, 1);
  if (node.is("Conv")) return { channels: first, channelOf: (flat) => Math.floor(flat / (second * taps)) };
  const group = node.int("group", 1);
  const perGroup = first / group;
  return {
    channels: second * group,
    channelOf: (flat) => Math.floor(Math.floor(flat / (second * taps)) / perGroup) * second + (Math.floor(flat / taps) % second),
  };
}

/** Replaces weights w and bias b of `node` by w·scale and b·scale + shift; the old constants stay for other readers. */
export function scaleOutputChannels(
  graph: Graph,
  node: Node,
  layout: ChannelLayout,
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
): void {
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  if (weight === null) return;
  const scaled = float32View(weight).map((value, flat) => value * (scale[layout.channelOf(flat)] ?? 1));
  const bias = floatConstant(graph, node.inputs[2] ?? "");
  const old = bias === null ? null : float32View(bias);
  const moved = Float32Array.from(
    { length: layout.channels },
    (_, channel) => (old?.[old.length === 1 ? 0 : channel] ?? 0) * (scale[channel] ?? 1) + (shift[channel] ?? 0),
  );
  graph.setInput(node, 1, graph.addConstant(floatTensor(weight.dims, scaled), "w"));
  graph.setInput(node, 2, graph.addConstant(floatTensor([layout.channels], moved), "b"));
}

import type { Graph } from "../graph/graph.ts";
import { intAttribute, type Node } from "../graph/node.ts";
import { elementCount, floatTensor, toNumbers, tensorFromNumbers } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";

/**
 * Keeps float layers of a quantised model in float when onnxruntime loads it.
 *
 * Before:     DequantizeLinear(q, s, z) → Conv with float weights → [Relu | Clip] → QuantizeLinear
 * After:      DequantizeLinear(q, [s, …, s], [z, …, z], axis = 1) → the same
 * Conditions: a Conv, ConvTranspose or Gemm with constant float32 weights, its input dequantised with one scale, its output quantised
 *
 * onnxruntime (seen in 1.30: WeightBiasQuantization, a level 1 optimisation) takes the first form for an integer layer whose weights somebody forgot
 * to quantise, and quantises them itself, with one scale for the whole tensor. A layer that was put back to float because its weights cannot
 * bear int8 so gets the worst int8 there is: all depthwise layers of MobileNetV2 "in float" agree on 58 % of pictures with the rule and on 98 %
 * without. It asks for a scalar input scale; equal scales per channel are the same numbers, in every runtime, and cost 5 bytes a channel.
 */
export function shieldFloatLayers(graph: Graph): number {
  let shielded = 0;
  for (const node of graph.nodes) {
    const channels = inputChannels(graph, node);
    const dequantise = graph.producerOf(node.inputs[0] ?? "");
    if (channels === null || dequantise === null || !dequantise.is("DequantizeLinear") || !leadsToQuantize(graph, node)) continue;
    const input = perChannel(graph, dequantise, channels);
    if (input === null) continue;
    graph.setInput(node, 0, input);
    shielded += 1;
  }
  if (shielded > 0) graph.sortTopologically();
  return shielded;
}

/** The size of axis 1 of the input of a layer with constant float weights: Conv [M, C/g, …], ConvTranspose [C, M/g, …], Gemm [K, N] or [N, K]. */
function inputChannels(graph: Graph, node: Node): number | null {
  if (!node.is("Conv", "ConvTranspose", "Gemm")) return null;
  const [first = 0, second = 0] = floatConstant(graph, node.inputs[1] ?? "")?.dims ?? [];
  if (first * second === 0) return null;
  if (node.is("Conv")) return second * node.int("group", 1);
  return node.int("transB", 0) === 1 ? second : first;
}

function leadsToQuantize(graph: Graph, node: Node): boolean {
  const [reader, ...others] = graph.consumersOf(node.outputs[0] ?? "");
  if (reader === undefined || others.length > 0) return false;
  return reader.is("QuantizeLinear") || (reader.is("Relu", "Clip") && leadsToQuantize(graph, reader));
}

/** A second DequantizeLinear beside `dequantise`: other readers keep theirs, which integer kernels fuse with. */
function perChannel(graph: Graph, dequantise: Node, channels: number): string | null {
  const [quantised = "", scaleName = "", zeroName = ""] = dequantise.inputs;
  const scale = graph.constantOf(scaleName);
  const zero = zeroName === "" ? null : graph.constantOf(zeroName);
  if (scale === null || elementCount(scale.dims) !== 1 || (zeroName !== "" && zero === null) || channels < 2) return null;
  const scales = floatTensor([channels], new Float32Array(channels).fill(toNumbers(scale)[0] ?? 1));
  const inputs = [quantised, graph.addConstant(scales, "s")];
  if (zero !== null) {
    const zeros = new Float64Array(channels).fill(toNumbers(zero)[0] ?? 0);
    inputs.push(graph.addConstant(tensorFromNumbers(zero.dataType, [channels], zeros), "z"));
  }
  const output = graph.freshName("d");
  graph.addNode({ opType: "DequantizeLinear", inputs, outputs: [output], attributes: { axis: intAttribute(1) } });
  return output;
}

import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { bypassNode } from "./bypass-node.ts";
import { channelVector } from "./channel-vector.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import { foldableLayout, scaleOutputChannels } from "./scale-output-channels.ts";

/**
 * Before:     y = Conv|ConvTranspose|Gemm(x, w, b) ∘ k with ∘ one of Mul, Div, Add, Sub and k constant per channel (what a BatchNormalization
 *             becomes in TensorFlow exports)
 * After:      y = Conv|…(x, w', b')
 * Conditions: w, b, k are float32 constants; k varies along the channel axis only; nothing else reads the middle value
 */
export const foldAffine: Pass = {
  id: "fold-affine",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Mul", "Div", "Add", "Sub") && fold(graph, node)),
};

function fold(graph: Graph, node: Node): boolean {
  const swapped = graph.constantOf(node.inputs[0] ?? "") !== null && node.is("Mul", "Add");
  const [dataIndex, constantIndex] = swapped ? [1, 0] : [0, 1];
  const producer = graph.producerOf(node.inputs[dataIndex] ?? "");
  const layout = foldableLayout(graph, producer);
  if (producer === null || layout === null) return false;
  const rank = producer.is("Gemm") ? 2 : (graph.constantOf(producer.inputs[1] ?? "")?.dims.length ?? 0);
  const vector = channelVector(graph.constantOf(node.inputs[constantIndex] ?? ""), layout.channels, rank);
  if (vector === null || (node.is("Div") && vector.includes(0))) return false;
  const scale = Float64Array.from(vector, (value) => (node.is("Mul") ? value : node.is("Div") ? 1 / value : 1));
  const shift = Float64Array.from(vector, (value) => (node.is("Add") ? value : node.is("Sub") ? -value : 0));
  if (!bypassNode(graph, node, dataIndex)) return false;
  scaleOutputChannels(graph, producer, layout, scale, shift);
  return true;
}

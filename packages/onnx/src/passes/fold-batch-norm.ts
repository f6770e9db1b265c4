import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { float32View } from "../graph/tensor.ts";
import { bypassNode } from "./bypass-node.ts";
import { floatConstant } from "./channel-vector.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import { foldableLayout, scaleOutputChannels } from "./scale-output-channels.ts";

/**
 * Before:     y = BatchNormalization(Conv|ConvTranspose|Gemm(x, w, b), γ, β, μ, σ²)
 * After:      y = Conv|…(x, w·s, (b − μ)·s + β), s = γ / √(σ² + ε)
 * Conditions: everything but x is constant float32; nothing else reads the middle value; inference mode (no further outputs used)
 */
export const foldBatchNorm: Pass = {
  id: "fold-batch-norm",
  run: (graph) => rewriteNodes(graph, (node) => node.is("BatchNormalization") && fold(graph, node)),
};

function fold(graph: Graph, node: Node): boolean {
  if (node.int("training_mode", 0) === 1 || node.outputs.slice(1).some((output) => output !== "")) return false;
  const producer = graph.producerOf(node.inputs[0] ?? "");
  const layout = foldableLayout(graph, producer);
  const parameters = node.inputs.slice(1, 5).map((input) => floatConstant(graph, input));
  const [gamma, beta, mean, variance] = parameters.map((tensor) => (tensor === null ? null : float32View(tensor)));
  if (producer === null || layout === null || !gamma || !beta || !mean || !variance || gamma.length !== layout.channels) return false;
  const epsilon = node.float("epsilon", 1e-5);
  const scale = Float64Array.from(gamma, (value, channel) => value / Math.sqrt((variance[channel] ?? 0) + epsilon));
  const shift = Float64Array.from(beta, (value, channel) => value - (mean[channel] ?? 0) * (scale[channel] ?? 0));
  if (!bypassNode(graph, node)) return false;
  scaleOutputChannels(graph, producer, layout, scale, shift);
  return true;
}

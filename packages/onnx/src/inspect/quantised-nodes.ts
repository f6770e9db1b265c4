import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import { toNumbers } from "../graph/tensor.ts";

/** They may write float: the sums of their integer products are scaled at once. */
const PRODUCTS = ["Conv", "ConvTranspose", "Gemm", "MatMul"];
const CONVERSIONS = ["QuantizeLinear", "DequantizeLinear"];

/** Gives every node of the main graph a name of its own, so that a runtime's profile can be matched with it. Changes `model`. */
export function nameNodes({ graph }: OnnxModel): void {
  const seen = new Set<string>();
  for (const [index, node] of graph.nodes.entries()) {
    if (node.name === "" || seen.has(node.name)) node.name = `${node.opType}#${index}`;
    seen.add(node.name);
  }
}

/**
 * The nodes of a QDQ graph that were meant to run on integers: all their data is dequantised, and either their result is quantised again or they
 * multiply by integer weights or by each other, where a float result is one that is wanted. A node that only reads the last integers is float by plan.
 * `quantisedOutput` says whether a QuantizeLinear follows.
 */
export function quantisedNodes({ graph }: OnnxModel): { name: string; operator: string; quantisedOutput: boolean }[] {
  return graph.nodes
    .filter((node) => !node.is(...CONVERSIONS) && isDequantisedActivation(graph, node.inputs[0] ?? ""))
    .filter((node) => writesQuantised(graph, node) || (node.is(...PRODUCTS) && isDequantised(graph, node.inputs[1] ?? "")))
    .map((node) => ({ name: node.name, operator: node.opType, quantisedOutput: writesQuantised(graph, node) }));
}

/**
 * How many layers could saturate on x86 without VNNI: there two products of an unsigned 8-bit activation and a signed 8-bit weight are added
 * in 16 bits, so a pair of weights along the input axis with |w₀| + |w₁| > 32,767 / 255 = 128.5 may pass the limit.
 */
export function layersAtRisk({ graph }: OnnxModel): number {
  return graph.nodes.filter((node) => node.is("Conv", "Gemm", "MatMul") && mayOverflow(graph, node)).length;
}

const PAIR_LIMIT = Math.floor(32_767 / 255);

function mayOverflow(graph: Graph, node: Node): boolean {
  const dequantise = graph.producerOf(node.inputs[1] ?? "");
  if (dequantise === null || !dequantise.is("DequantizeLinear")) return false;
  const weights = graph.constantOf(dequantise.inputs[0] ?? "");
  if (weights === null || graph.typeOf(dequantise.inputs[0] ?? "")?.elemType !== DataType.INT8) return false;
  let [largest, second] = [0, 0];
  for (const value of toNumbers(weights)) {
    const magnitude = Math.abs(value);
    if (magnitude > largest) [largest, second] = [magnitude, largest];
    else if (magnitude > second) second = magnitude;
  }
  return largest + second > PAIR_LIMIT;
}

function isDequantised(graph: Graph, value: string): boolean {
  return graph.producerOf(value)?.is("DequantizeLinear") === true;
}

function isDequantisedActivation(graph: Graph, value: string): boolean {
  return isDequantised(graph, value) && graph.constantOf(graph.producerOf(value)?.inputs[0] ?? "") === null;
}

function writesQuantised(graph: Graph, node: Node): boolean {
  return node.outputs.some((output) => graph.consumersOf(output).some((consumer) => consumer.is("QuantizeLinear")));
}

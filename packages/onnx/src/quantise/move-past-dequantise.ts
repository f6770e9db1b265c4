import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { elementCount } from "../graph/tensor.ts";

/** The operators over which onnxruntime moves a QuantizeLinear and DequantizeLinear of its own. */
const MOVED_OVER = ["MaxPool", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"];

/**
 * Lets a model with int8 activations be loaded by onnxruntime from opset 21 on.
 *
 * Before:     DequantizeLinear(int8 q, s, z) → Reshape → y, read in float
 * After:      Reshape(q) → DequantizeLinear(s, z) → y, the same bits
 * Conditions: one scale; Reshape, Transpose and the like, with no QuantizeLinear behind them
 *
 * onnxruntime (seen in 1.30: QDQPropagation) does the same by itself for other types. For int8 it writes a QuantizeLinear with an `output_dtype`
 * that its own type inference then refuses ("output_dtype INT8 does not match y_zero_point type UINT8"): such a model does not load at all.
 */
export function movePastDequantise(graph: Graph): number {
  let moved = 0;
  for (const node of graph.nodes) {
    const dequantise = node.is(...MOVED_OVER) ? graph.producerOf(node.inputs[0] ?? "") : null;
    const [output = "", ...others] = node.outputs;
    if (dequantise === null || !isInt8(graph, dequantise) || others.some((name) => name !== "")) continue;
    if (graph.consumersOf(output).some((reader) => reader.is("QuantizeLinear"))) continue;
    const integers = graph.freshName("v");
    graph.setInput(node, 0, dequantise.inputs[0] ?? "");
    graph.setOutput(node, 0, integers);
    graph.addNode({ opType: "DequantizeLinear", inputs: [integers, ...dequantise.inputs.slice(1)], outputs: [output] });
    moved += 1;
  }
  if (moved > 0) graph.sortTopologically();
  return moved;
}

/** A DequantizeLinear of int8 activations with one scale. */
function isInt8(graph: Graph, node: Node): boolean {
  const [integers = "", scale = "", zero = ""] = node.inputs;
  if (!node.is("DequantizeLinear") || graph.constantOf(integers) !== null) return false;
  return elementCount(graph.constantOf(scale)?.dims ?? [2]) === 1 && graph.constantOf(zero)?.dataType === DataType.INT8;
}

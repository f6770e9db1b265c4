import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { intAttribute, type Node } from "../graph/node.ts";
import { float32View, floatTensor, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { channelAxis } from "./weighted-layer.ts";

const RECURRENT = ["LSTM", "GRU", "RNN"];

/**
 * w → Cast(int8 w) · scales, or Cast(float16 w): a smaller file, the same arithmetic. Runtimes fold constants when they load a model, so the speed is that of
 * float32. DequantizeLinear would say the same, but onnxruntime leaves it in the graph and dequantises in each run: two to three times slower.
 * All 8 bits are used, because nothing multiplies them as integers.
 */
export function storeWeights(graph: Graph, node: Node, options: { readonly bits: 8 | 16; readonly perChannel: boolean }): void {
  for (const index of node.is(...RECURRENT) ? [1, 2] : [1]) {
    const weight = floatConstant(graph, node.inputs[index] ?? "");
    if (weight === null) continue;
    if (options.bits === 16) {
      const half = tensorFromNumbers(DataType.FLOAT16, weight.dims, float32View(weight));
      graph.setInput(node, index, addCast(graph, half));
      continue;
    }
    // Recurrent weights are [directions, gates · hidden, input]: a scale per row, shared by the directions.
    const channels = node.is(...RECURRENT) ? 1 : channelAxis(node, weight.dims);
    const { weights, scales, axis } = quantiseWeights(weight, { axis: options.perChannel ? channels : null, reduceRange: false });
    const dims = scales.length === 1 ? [] : weight.dims.map((size, each) => (each === axis ? size : 1));
    const output = graph.freshName("d");
    graph.addNode({
      opType: "Mul",
      inputs: [addCast(graph, weights), graph.addConstant(floatTensor(dims, scales), "s")],
      outputs: [output],
    });
    graph.setInput(node, index, output);
  }
}

function addCast(graph: Graph, tensor: Tensor): string {
  const output = graph.freshName("f");
  const attributes = { to: intAttribute(DataType.FLOAT) };
  graph.addNode({ opType: "Cast", inputs: [graph.addConstant(tensor, "w")], outputs: [output], attributes });
  return output;
}

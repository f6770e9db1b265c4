import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { addDequantised, type SharedConstants } from "./insert-qdq.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { channelAxis } from "./weighted-layer.ts";

const RECURRENT = ["LSTM", "GRU", "RNN"];

/**
 * w → DequantizeLinear(int8 w): a smaller file, the same arithmetic, and the time to dequantise in each run. All 8 bits are used, because nothing
 * multiplies them as integers.
 */
export function storeWeights(graph: Graph, shared: SharedConstants, node: Node, perChannel: boolean): void {
  for (const index of node.is(...RECURRENT) ? [1, 2] : [1]) {
    const weight = floatConstant(graph, node.inputs[index] ?? "");
    if (weight === null) continue;
    // Recurrent weights are [directions, gates · hidden, input]: a scale per row, shared by the directions.
    const axis = node.is(...RECURRENT) ? 1 : channelAxis(node, weight.dims);
    graph.setInput(
      node,
      index,
      addDequantised(graph, shared, quantiseWeights(weight, { axis: perChannel ? axis : null, reduceRange: false })),
    );
  }
}

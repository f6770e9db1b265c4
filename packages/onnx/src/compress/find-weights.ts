import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../graph/tensor.ts";

export interface Weight {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Smaller ones are noise in a download, and scales and biases are among them. */
const MIN_ELEMENTS = 256;
const READERS = ["Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN", "Gather"];

/** The large constants that layers compute with, float32 or 8 bits, directly or through a DequantizeLinear. */
export function findWeights(graph: Graph): Weight[] {
  return [...graph.constants]
    .filter(([name, tensor]) => isLarge(tensor) && isRead(graph, name))
    .map(([name, tensor]) => ({ name, tensor }));
}

function isLarge({ dataType, dims }: Tensor): boolean {
  const known = dataType === DataType.FLOAT || dataType === DataType.INT8 || dataType === DataType.UINT8;
  return known && dims.length >= 2 && dims.reduce((total, dim) => total * dim, 1) >= MIN_ELEMENTS;
}

function isRead(graph: Graph, name: string): boolean {
  return graph
    .consumersOf(name)
    .some(
      (node) => node.is(...READERS) || (node.is("DequantizeLinear") && node.inputs[0] === name && isRead(graph, node.outputs[0] ?? "")),
    );
}

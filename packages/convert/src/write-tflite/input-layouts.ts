import type { Graph } from "@flotilla/onnx";
import { channelsLast, identity, type Perm } from "./layout.ts";

/** These read their first input channels last. */
const WINDOWED = [
  "Conv",
  "ConvTranspose",
  "MaxPool",
  "AveragePool",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "SpaceToDepth",
  "DepthToSpace",
  "Resize",
  "LRN",
];
/** These take any layout. */
const THROUGH = [
  "QuantizeLinear",
  "DequantizeLinear",
  "Relu",
  "LeakyRelu",
  "Sigmoid",
  "Tanh",
  "Clip",
  "Pad",
  "Cast",
  "Identity",
  "Add",
  "Sub",
  "Mul",
  "Div",
];

/** The layout in which an input is best written: NHWC where all that read it, behind operators that take any layout, are convolutions and their like. */
export function inputLayout(graph: Graph, input: string, rank: number): Perm {
  if (rank !== 4) return identity(rank);
  let wanted = false;
  const seen = new Set<string>();
  const waiting = [input];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (graph.isOutput(value)) return identity(rank);
    for (const reader of graph.consumersOf(value)) {
      if (reader.is(...WINDOWED) && reader.inputs[0] === value) wanted = true;
      else if (reader.is(...THROUGH) && keepsRank(graph, reader.outputs[0] ?? "", rank)) waiting.push(reader.outputs[0] ?? "");
      else return identity(rank);
    }
  }
  return wanted ? channelsLast(rank) : identity(rank);
}

function keepsRank(graph: Graph, value: string, rank: number): boolean {
  return graph.typeOf(value)?.shape?.length === rank;
}

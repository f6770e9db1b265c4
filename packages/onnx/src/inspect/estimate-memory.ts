import { bitsPerElement } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { byteLength } from "../graph/tensor.ts";
import type { TensorValueType } from "../graph/types.ts";

/**
 * Weights plus the largest sum of values that are alive at the same time, in bytes, with every symbolic size taken as 1. Walks the nodes in
 * order as a runtime without in-place tricks would. Null where the shape or type of a value is unknown.
 */
export function estimateMemory(graph: Graph): number | null {
  const sizes = new Map<string, number>();
  const nodes = graph.nodes;
  for (const name of [...graph.inputs, ...nodes.flatMap((node) => node.outputs)]) {
    if (name === "") continue;
    const size = valueBytes(graph.typeOf(name));
    if (size === null) return null;
    sizes.set(name, size);
  }
  const lastUse = new Map<string, number>();
  for (const [index, node] of nodes.entries()) for (const input of node.inputs) lastUse.set(input, index);
  for (const name of [...graph.inputs, ...graph.outputs]) lastUse.set(name, nodes.length);
  let live = graph.inputs.reduce((total, name) => total + (sizes.get(name) ?? 0), 0);
  let peak = live;
  for (const [index, node] of nodes.entries()) {
    for (const output of node.outputs) live += sizes.get(output) ?? 0;
    peak = Math.max(peak, live);
    for (const name of new Set([...node.inputs, ...node.outputs])) if ((lastUse.get(name) ?? index) === index) live -= sizes.get(name) ?? 0;
  }
  return weightBytes(graph) + peak;
}

function valueBytes(type: TensorValueType | null): number | null {
  const bits = type === null ? null : bitsPerElement(type.elemType);
  if (type === null || type.shape === null || bits === null || type.shape.includes(null)) return null;
  const count = type.shape.reduce<number>((total, dim) => (typeof dim === "number" ? total * dim : total), 1);
  return Math.ceil((count * bits) / 8);
}

/** Bytes of weights in initialisers and Constant nodes, subgraphs included. */
export function weightBytes(graph: Graph): number {
  const own = [...graph.constants.values()].reduce((total, tensor) => total + byteLength(tensor), 0);
  return graph.nodes.reduce((total, node) => {
    const constant = node.is("Constant") ? node.tensor("value") : null;
    return (
      total + (constant === null ? 0 : byteLength(constant)) + node.subgraphs().reduce((sum, subgraph) => sum + weightBytes(subgraph), 0)
    );
  }, own);
}

import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import { readModel } from "../graph/read-model.ts";
import type { Tensor } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { floatConstant } from "../passes/channel-vector.ts";

const WEIGHTED = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

/** A node with constant float weights of its own, found again in a variant of the model by its name. */
export interface Layer {
  readonly name: string;
  readonly node: Node;
  readonly weight: Tensor;
  readonly layout: WeightLayout;
}

/** Which output and input channel each weight, by its flat index, belongs to. */
export interface WeightLayout {
  readonly outputs: number;
  readonly inputs: number;
  readonly outputOf: (flat: number) => number;
  readonly inputOf: (flat: number) => number;
}

/** The layers with constant float32 weights, in the graph's order. Layers without a name are named first: see `nameLayers`. */
export function listLayers(graph: Graph): Layer[] {
  return graph.nodes.flatMap((node) => {
    const layer = layerOf(graph, node);
    return layer === null ? [] : [layer];
  });
}

export function layerOf(graph: Graph, node: Node): Layer | null {
  if (!node.is(...WEIGHTED) || node.name === "") return null;
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  if (weight === null || weight.bytes.byteLength === 0 || weight.dims.length < 2) return null;
  if (node.is("Gemm", "MatMul") && weight.dims.length !== 2) return null;
  return { name: node.name, node, weight, layout: weightLayout(node, weight.dims) };
}

/** Weights: Conv [M, C/g, …], ConvTranspose [C, M/g, …], Gemm and MatMul [K, N] or, with transB, [N, K]. */
export function weightLayout(node: Node, dims: readonly number[]): WeightLayout {
  const [first = 0, second = 0, ...kernel] = dims;
  if (node.is("Gemm", "MatMul")) {
    const row = (flat: number): number => Math.floor(flat / second);
    const column = (flat: number): number => flat % second;
    return node.is("Gemm") && node.int("transB", 0) === 1
      ? { outputs: first, inputs: second, outputOf: row, inputOf: column }
      : { outputs: second, inputs: first, outputOf: column, inputOf: row };
  }
  const taps = kernel.reduce((total, size) => total * size, 1);
  const group = node.int("group", 1);
  const perGroup = first / group;
  const own = (flat: number): number => Math.floor(flat / (second * taps));
  const other = (flat: number): number => Math.floor(own(flat) / perGroup) * second + (Math.floor(flat / taps) % second);
  return node.is("Conv")
    ? { outputs: first, inputs: second * group, outputOf: own, inputOf: other }
    : { outputs: second * group, inputs: first, outputOf: other, inputOf: own };
}

/** Gives each layer a name that no other node has: exclusions, corrections and the sensitivity table address layers by it. */
export function nameLayers(graph: Graph): void {
  const taken = new Set<string>();
  for (const node of graph.nodes) {
    if (node.is(...WEIGHTED)) {
      const base = node.name === "" ? node.opType : node.name;
      let name = node.name === "" ? `${base}_0` : base;
      for (let count = 1; taken.has(name); count += 1) name = `${base}_${count}`;
      node.name = name;
    }
    taken.add(node.name);
  }
}

/** A copy that shares nothing with `model`. */
export function cloneModel(model: OnnxModel): OnnxModel {
  return readModel(writeModel(model));
}

/** Puts a constant in the place of input `index` of `node`; the old one stays for other readers, else it is dropped. */
export function replaceConstant(graph: Graph, node: Node, index: number, tensor: Tensor): void {
  const before = node.inputs[index] ?? "";
  graph.setInput(node, index, graph.addConstant(tensor, index === 1 ? "w" : "b"));
  if (before !== "" && graph.consumerCount(before) === 0 && !graph.isOutput(before)) graph.constants.delete(before);
}

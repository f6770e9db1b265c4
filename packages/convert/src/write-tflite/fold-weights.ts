import { type Graph, type Node, type OnnxModel, opsetOf, runNode, type Tensor } from "@flotilla/onnx";
import { ConstantStore } from "./constant-store.ts";

/** What compressed weights are unpacked with. */
const UNPACKING = [
  "Cast",
  "Mul",
  "Add",
  "Sub",
  "Div",
  "DequantizeLinear",
  "Reshape",
  "Transpose",
  "Gather",
  "Concat",
  "Slice",
  "Squeeze",
  "Unsqueeze",
];

/**
 * Unpacks weights that are stored in another form than TFLite's: in blocks, in four bits, as integers that are cast and scaled. The clean-up leaves them packed,
 * since unpacked ones are larger; TFLite has no way to say them. Int8 weights behind a plain DequantizeLinear stay: they become int8 weights there. Changes `model`.
 */
export function foldWeights(model: OnnxModel): void {
  const { graph } = model;
  const store = new ConstantStore(graph);
  for (const node of graph.nodes) {
    if (!node.is(...UNPACKING) || node.outputs.some((output) => graph.isOutput(output))) continue;
    const known = store.find(node.outputs[0] ?? "");
    if (known !== null && known.quant !== null) continue;
    const inputs = constantInputs(graph, store, node);
    if (inputs === null || !staysSmall(graph, node, inputs)) continue;
    const [result] = runNode(node, inputs, opsetOf(model)) ?? [];
    if (result === undefined || result === null) continue;
    graph.removeNode(node);
    graph.types.delete(node.outputs[0] ?? "");
    graph.constants.set(node.outputs[0] ?? "", result);
  }
}

/** A product of two vectors may be larger than the memory. */
const MOST_GROWTH = 8;

function staysSmall(graph: Graph, node: Node, inputs: readonly (Tensor | null)[]): boolean {
  const count = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1);
  const shape = graph.typeOf(node.outputs[0] ?? "")?.shape ?? null;
  if (shape === null || !shape.every((dim): dim is number => typeof dim === "number")) return false;
  return count(shape) <= MOST_GROWTH * Math.max(...inputs.map((tensor) => (tensor === null ? 0 : count(tensor.dims))));
}

function constantInputs(graph: Graph, store: ConstantStore, node: Node): (Tensor | null)[] | null {
  const tensors = node.inputs.map((input) => {
    if (input === "") return null;
    const constant = graph.constantOf(input) === null ? store.find(input) : null;
    return constant === null ? graph.constantOf(input) : store.inFloat(constant).tensor;
  });
  return node.inputs.some((input, index) => input !== "" && tensors[index] === null) ? null : tensors;
}

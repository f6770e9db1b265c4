import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { type Pass, rewriteNodes } from "./pass.ts";
import { channelVector, floatConstant } from "./channel-vector.ts";
import { floatTensor } from "../graph/tensor.ts";

/**
 * Before:     y = Add(MatMul(x, w), b)
 * After:      y = Gemm(x, w, b)
 * Conditions: x has rank 2; w is constant [K, N]; b is constant, N values or one; nothing else reads the product
 */
export const fuseMatmulAdd: Pass = {
  id: "fuse-matmul-add",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Add") && fuse(graph, node)),
};

function fuse(graph: Graph, add: Node): boolean {
  const index = graph.producerOf(add.inputs[0] ?? "")?.is("MatMul") === true ? 0 : 1;
  const product = add.inputs[index] ?? "";
  const matmul = graph.producerOf(product);
  if (matmul === null || !matmul.is("MatMul") || graph.consumerCount(product) !== 1 || graph.isOutput(product)) return false;
  const [x = "", w = ""] = matmul.inputs;
  const weight = floatConstant(graph, w);
  if (weight === null || weight.dims.length !== 2 || graph.typeOf(x)?.shape?.length !== 2) return false;
  const bias = channelVector(graph.constantOf(add.inputs[1 - index] ?? ""), weight.dims[1] ?? 0, 2);
  if (bias === null) return false;
  const name = graph.addConstant(floatTensor([bias.length], bias), "b");
  graph.removeNode(matmul);
  graph.replaceNode(add, { opType: "Gemm", name: matmul.name === "" ? add.name : matmul.name, inputs: [x, w, name], outputs: add.outputs });
  return true;
}

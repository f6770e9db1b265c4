import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { floatTensor, int64Tensor } from "../graph/tensor.ts";
import { channelVector, floatConstant } from "../passes/channel-vector.ts";
import { type Pass, rewriteNodes } from "../passes/pass.ts";

/**
 * Before:     y = MatMul(x, w) + b
 * After:      y = Reshape(Gemm(Reshape(x, [−1, K]), w, b), [d0, …, N])
 * Conditions: x has three axes or more, at most one of those before the last of unknown size; w is constant [K, N]; b is constant, N values or one;
 *             nothing else reads the product
 *
 * onnxruntime (seen in 1.30: MatMulAddFusion) does so itself where every size is known, as with two axes (`fuseMatmulAdd`), but in front of its quantisation: the bias stays float there,
 * and such a Gemm runs in float unless its result is quantised at once. In a transformer that is half of the layers. A Gemm whose bias is int32
 * is an integer kernel with either result; the Reshapes move nothing.
 */
export const flattenMatmul: Pass = {
  id: "flatten-matmul",
  run: (graph) => {
    const rows = new Map<string, string>();
    return rewriteNodes(graph, (node) => node.is("Add") && flatten(graph, node, rows));
  },
};

function flatten(graph: Graph, add: Node, rows: Map<string, string>): boolean {
  const index = graph.producerOf(add.inputs[0] ?? "")?.is("MatMul") === true ? 0 : 1;
  const product = add.inputs[index] ?? "";
  const matmul = graph.producerOf(product);
  if (matmul === null || !matmul.is("MatMul") || graph.consumerCount(product) !== 1 || graph.isOutput(product)) return false;
  const [x = "", w = ""] = matmul.inputs;
  const shape = graph.typeOf(x)?.shape ?? [];
  const [inner = 0, columns = 0, ...more] = floatConstant(graph, w)?.dims ?? [];
  if (shape.length < 3 || inner * columns === 0 || more.length > 0) return false;
  const sizes = [...shape.slice(0, -1), columns].map((dim) => (typeof dim === "number" ? dim : -1));
  // In a Reshape 0 copies a size.
  if (sizes.filter((size) => size === -1).length > 1 || sizes.includes(0)) return false;
  const bias = channelVector(graph.constantOf(add.inputs[1 - index] ?? ""), columns, 2);
  if (bias === null) return false;
  const row = rows.get(x) ?? reshape(graph, x, [-1, inner], graph.freshName("r"));
  rows.set(x, row);
  const gemm = graph.freshName("g");
  const [output = ""] = add.outputs;
  graph.removeNode(matmul);
  graph.removeNode(add);
  const inputs = [row, w, graph.addConstant(floatTensor([columns], bias), "b")];
  graph.addNode({ opType: "Gemm", name: matmul.name === "" ? add.name : matmul.name, inputs, outputs: [gemm] });
  reshape(graph, gemm, sizes, output);
  return true;
}

function reshape(graph: Graph, data: string, shape: readonly number[], output: string): string {
  graph.addNode({ opType: "Reshape", inputs: [data, graph.addConstant(int64Tensor(shape))], outputs: [output] });
  return output;
}

import { DataType } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { floatAttribute, type Node } from "../graph/node.ts";
import { float32View, floatTensor, int64Tensor, type Tensor, toNumbers } from "../graph/tensor.ts";
import { floatConstant } from "../passes/channel-vector.ts";
import { type Pass, rewriteNodes } from "../passes/pass.ts";
import { fuseMatmulAdd } from "../passes/fuse-matmul-add.ts";
import { runPasses } from "../passes/run-passes.ts";
import { flattenMatmul } from "./flatten-matmul.ts";

/**
 * Rewrites what has no integer kernel into what has one. Outputs keep their names and their values up to the last bits of float arithmetic, so
 * calibration and quantisation may each call it.
 */
export function prepareGraph(model: OnnxModel): void {
  runPasses(model, [addNegated, multiplyReciprocal, poolMeans, fuseMatmulAdd, flattenMatmul, plainGemm]);
}

/**
 * Before:     y = x − k
 * After:      y = x + (−k)
 * Conditions: k is constant float32; only the second operand
 */
export const addNegated: Pass = {
  id: "add-negated",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Sub") && withConstant(graph, node, "Add", (value) => -value)),
};

/**
 * Before:     y = x / k
 * After:      y = x · (1 / k)
 * Conditions: k is constant float32, nowhere 0
 */
export const multiplyReciprocal: Pass = {
  id: "multiply-reciprocal",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Div") && withConstant(graph, node, "Mul", (value) => 1 / value)),
};

function withConstant(graph: Graph, node: Node, opType: string, change: (value: number) => number): boolean {
  const [data = "", constant = ""] = node.inputs;
  const tensor = floatConstant(graph, constant);
  if (tensor === null || graph.constantOf(data) !== null) return false;
  const values = float32View(tensor).map(change);
  if (!values.every(Number.isFinite)) return false;
  const name = graph.addConstant(floatTensor(tensor.dims, values));
  graph.replaceNode(node, { opType, name: node.name, inputs: [data, name], outputs: node.outputs });
  return true;
}

/**
 * Before:     y = ReduceMean(x) over the last two of four axes
 * After:      y = GlobalAveragePool(x), with a Reshape to two axes behind it where they were not kept
 * Conditions: x is float32 of rank 4
 */
export const poolMeans: Pass = {
  id: "pool-means",
  run: (graph) => rewriteNodes(graph, (node) => node.is("ReduceMean") && poolMean(graph, node)),
};

function poolMean(graph: Graph, node: Node): boolean {
  const [data = "", axesInput = ""] = node.inputs;
  const type = graph.typeOf(data);
  const constant = graph.constantOf(axesInput);
  const axes = node.ints("axes") ?? (constant === null ? null : [...toNumbers(constant)]);
  if (axes === null || type?.elemType !== DataType.FLOAT || type.shape?.length !== 4) return false;
  const sorted = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort((a, b) => a - b);
  if (sorted.join() !== "2,3") return false;
  const keeps = node.int("keepdims", 1) === 1;
  const [output = ""] = node.outputs;
  const pooled = keeps ? output : graph.freshName("p");
  graph.replaceNode(node, { opType: "GlobalAveragePool", name: node.name, inputs: [data], outputs: [pooled] });
  // 0 copies the dimension: batch and channels stay what they are.
  if (!keeps) graph.addNode({ opType: "Reshape", inputs: [pooled, graph.addConstant(int64Tensor([0, 0]))], outputs: [output] });
  return true;
}

/**
 * Before:     y = α · A'·B' + β · C, C of one, [N] or [1, N] values
 * After:      y = A·B' + C with α in B and β in C, and C of N values
 * Conditions: B and C are constant float32, A is not transposed
 */
export const plainGemm: Pass = {
  id: "plain-gemm",
  run: (graph) => rewriteNodes(graph, (node) => node.is("Gemm") && makePlain(graph, node)),
};

function makePlain(graph: Graph, node: Node): boolean {
  const weight = floatConstant(graph, node.inputs[1] ?? "");
  const biasName = node.inputs[2] ?? "";
  const bias = floatConstant(graph, biasName);
  if (weight?.dims.length !== 2 || node.int("transA", 0) === 1 || (biasName !== "" && bias === null)) return false;
  const columns = weight.dims[node.int("transB", 0) === 1 ? 0 : 1] ?? 0;
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const fits = bias === null || (bias.dims.length === 1 && bias.dims[0] === columns);
  if ((alpha === 1 && beta === 1 && fits) || (bias !== null && !isRow(bias, columns))) return false;
  if (alpha !== 1) {
    const scaled = float32View(weight).map((value) => value * alpha);
    graph.setInput(node, 1, graph.addConstant(floatTensor(weight.dims, scaled), "w"));
  }
  if (bias !== null) {
    const values = float32View(bias);
    const row = Float32Array.from({ length: columns }, (_, index) => beta * (values[values.length === 1 ? 0 : index] ?? 0));
    graph.setInput(node, 2, graph.addConstant(floatTensor([columns], row), "b"));
  }
  node.attributes.set("alpha", floatAttribute(1));
  node.attributes.set("beta", floatAttribute(1));
  return true;
}

function isRow(bias: Tensor, columns: number): boolean {
  const count = float32View(bias).length;
  return count === 1 || (count === columns && bias.dims.at(-1) === columns);
}

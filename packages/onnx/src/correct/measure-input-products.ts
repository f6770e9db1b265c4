import type { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { intAttribute, intsAttribute, type Node, type NodeInit } from "../graph/node.ts";
import { floatTensor, int64Tensor } from "../graph/tensor.ts";
import { writeModel } from "../graph/write-model.ts";
import { type Batches, floats, type OpenModel, runBatches } from "./run-model.ts";

/** Σ x·xᵀ over all places where a layer's kernel looks: one symmetric matrix of `size` × `size` per group. */
export interface InputProducts {
  readonly size: number;
  readonly groups: number;
  /** groups × size × size, row by row. The order in a row is that of the weights of one output. */
  readonly values: Float64Array;
}

/**
 * Adds nodes to `model` (a copy that is thrown away) which compute the products in the runtime, and runs them. A convolution with one-hot kernels cuts
 * the input into patches, with the layer's own strides, pads and dilations.
 */
export async function measureInputProducts(
  model: OnnxModel,
  nodes: readonly { readonly node: Node; readonly weightDims: readonly number[] }[],
  run: { readonly open: OpenModel; readonly batches: Batches; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, InputProducts>> {
  const { graph } = model;
  const taps = nodes.map(({ node, weightDims }) => ({ name: node.name, ...addProducts(graph, node, weightDims) }));
  graph.sortTopologically();
  graph.outputs.splice(0, graph.outputs.length, ...taps.map(({ output }) => output));
  const sums = new Map(taps.map(({ name, size, groups }) => [name, { size, groups, values: new Float64Array(groups * size * size) }]));
  await runBatches(
    run.open,
    writeModel(model),
    run.batches,
    (outputs) => {
      for (const { name, output } of taps) {
        const sum = sums.get(name)?.values;
        for (const [at, value] of (floats(outputs, output) ?? new Float32Array()).entries())
          if (sum !== undefined) sum[at] = (sum[at] ?? 0) + value;
      }
    },
    run.signal === undefined ? {} : { signal: run.signal },
  );
  return sums;
}

function addProducts(graph: Graph, node: Node, weightDims: readonly number[]): { output: string; size: number; groups: number } {
  const dense = !node.is("Conv");
  const groups = dense ? 1 : node.int("group", 1);
  const size = dense ? weightRows(node, weightDims) : weightDims.slice(1).reduce((total, dim) => total * dim, 1);
  const input = node.inputs[0] ?? "";
  // [n, groups, size, places]
  const patches = dense
    ? reshape(graph, add(graph, "Transpose", [reshape(graph, input, [-1, size])], { perm: intsAttribute([1, 0]) }), [1, 1, size, -1])
    : reshape(graph, add(graph, "Conv", [input, graph.addConstant(oneHot(groups, weightDims, size), "w")], node.attributes), [
        0,
        groups,
        size,
        -1,
      ]);
  const flipped = add(graph, "Transpose", [patches], { perm: intsAttribute([0, 1, 3, 2]) });
  const products = add(graph, "MatMul", [patches, flipped]);
  const output = add(graph, "ReduceSum", [products, graph.addConstant(int64Tensor([0]), "axes")], { keepdims: intAttribute(0) });
  graph.types.set(output, { elemType: 1, shape: null });
  return { output, size, groups };
}

function weightRows(node: Node, [first = 0, second = 0]: readonly number[]): number {
  return node.is("Gemm") && node.int("transB", 0) === 1 ? second : first;
}

/** Kernels that copy one input of one tap each: output g·size + k is tap k of group g. */
function oneHot(groups: number, [, ...rest]: readonly number[], size: number): ReturnType<typeof floatTensor> {
  const values = new Float32Array(groups * size * size);
  for (let row = 0; row < groups * size; row += 1) values[row * size + (row % size)] = 1;
  return floatTensor([groups * size, ...rest], values);
}

function add(graph: Graph, opType: string, inputs: readonly string[], attributes: NodeInit["attributes"] = {}): string {
  const output = graph.freshName("p");
  graph.addNode({ opType, inputs, outputs: [output], attributes });
  return output;
}

function reshape(graph: Graph, value: string, shape: readonly number[]): string {
  return add(graph, "Reshape", [value, graph.addConstant(int64Tensor(shape), "shape")]);
}

import { create } from "@bufbuild/protobuf";
import { DataType } from "../graph/data-types.ts";
import { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import type { NodeInit } from "../graph/node.ts";
import { floatTensor, type Tensor } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import { ModelProtoSchema } from "../proto/gen/onnx_pb.js";

interface Description {
  readonly nodes: readonly NodeInit[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Float32 inputs and their shapes. Default `x` of [n, 4]. */
  readonly inputs?: Readonly<Record<string, readonly Dim[]>>;
  /** Default `y`. */
  readonly outputs?: readonly string[];
  readonly opset?: number;
}

/** A small model; the outputs are float32 of unknown shape. */
export function buildModel(description: Description): OnnxModel {
  const opset = description.opset ?? 17;
  const graph = fillGraph(new Graph(), description);
  return { irVersion: opset >= 21 ? 10 : 8, opsets: new Map([["", opset]]), graph, proto: create(ModelProtoSchema) };
}

/** The body of an If or Loop inside `parent`. */
export function buildSubgraph(parent: Graph, description: Description): Graph {
  const graph = fillGraph(new Graph(parent), { inputs: {}, ...description });
  graph.name = "body";
  return graph;
}

function fillGraph(graph: Graph, description: Description): Graph {
  graph.name = "g";
  for (const [name, shape] of Object.entries(description.inputs ?? { x: ["n", 4] })) {
    graph.inputs.push(name);
    graph.types.set(name, { elemType: DataType.FLOAT, shape });
  }
  for (const name of description.outputs ?? ["y"]) {
    graph.outputs.push(name);
    graph.types.set(name, { elemType: DataType.FLOAT, shape: null });
  }
  for (const [name, tensor] of Object.entries(description.constants ?? {})) graph.constants.set(name, tensor);
  for (const node of description.nodes) graph.addNode(node);
  return graph;
}

/** Values in [-1, 1), the same in every run (mulberry32). */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed * 0x9e3779b9;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

export function noiseTensor(dims: readonly number[], seed = 1): Tensor {
  return floatTensor(
    dims,
    noise(
      dims.reduce((total, dim) => total * dim, 1),
      seed,
    ),
  );
}

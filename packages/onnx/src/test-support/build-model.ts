import { create } from "@bufbuild/protobuf";
import { DataType } from "../graph/data-types.ts";
import { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import type { NodeInit } from "../graph/node.ts";
import { floatTensor, type Tensor } from "../graph/tensor.ts";
import type { Dim, TensorValueType } from "../graph/types.ts";
import { ModelProtoSchema } from "../proto/gen/onnx_pb.js";
import { mulberry32 } from "./mulberry32.ts";

export interface ModelSketch {
  readonly nodes: readonly NodeInit[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Shapes of float32 inputs, or a shape with another element type. Default `x` of [n, 4]. */
  readonly inputs?: Readonly<Record<string, readonly Dim[] | TensorValueType>>;
  /** Float32 outputs of unknown shape, or their element types. Default `y`. */
  readonly outputs?: readonly string[] | Readonly<Record<string, number>>;
  readonly opset?: number;
}

/** A small model out of a sketch. */
export function buildModel(sketch: ModelSketch): OnnxModel {
  const opset = sketch.opset ?? 17;
  const graph = fillGraph(new Graph(), sketch);
  return { irVersion: opset >= 21 ? 10 : 8, opsets: new Map([["", opset]]), graph, proto: create(ModelProtoSchema) };
}

/** The body of an If or Loop inside `parent`. */
export function buildSubgraph(parent: Graph, sketch: ModelSketch): Graph {
  const graph = fillGraph(new Graph(parent), { inputs: {}, ...sketch });
  graph.name = "body";
  return graph;
}

function fillGraph(graph: Graph, sketch: ModelSketch): Graph {
  graph.name = "g";
  for (const [name, shape] of Object.entries(sketch.inputs ?? { x: ["n", 4] })) {
    graph.inputs.push(name);
    graph.types.set(name, "shape" in shape ? shape : { elemType: DataType.FLOAT, shape });
  }
  const outputs = sketch.outputs ?? ["y"];
  const types = Array.isArray(outputs) ? outputs.map((name: string): [string, number] => [name, DataType.FLOAT]) : Object.entries(outputs);
  for (const [name, elemType] of types) {
    graph.outputs.push(name);
    if (!graph.types.has(name)) graph.types.set(name, { elemType: Number(elemType), shape: null });
  }
  for (const [name, tensor] of Object.entries(sketch.constants ?? {})) graph.constants.set(name, tensor);
  for (const node of sketch.nodes) graph.addNode(node);
  return graph;
}

/** Values in [-1, 1), the same in every run. */
export function noise(count: number, seed = 1): Float32Array {
  const next = mulberry32(seed * 0x9e3779b9);
  return Float32Array.from({ length: count }, () => next() / 2 ** 31 - 1);
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

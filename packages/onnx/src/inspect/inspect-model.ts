import { checkModel } from "../graph/check-model.ts";
import { DataType, type TensorTypeName, typeName } from "../graph/data-types.ts";
import type { Graph } from "../graph/graph.ts";
import { allGraphs, type OnnxModel } from "../graph/model.ts";
import { type ReadOptions, readModel } from "../graph/read-model.ts";
import { elementCount, type Tensor } from "../graph/tensor.ts";
import type { Dim } from "../graph/types.ts";
import { inferModel } from "../infer/infer-model.ts";
import { estimateMemory, weightBytes } from "./estimate-memory.ts";

export interface TensorDescription {
  name: string;
  type: TensorTypeName;
  shape: Dim[];
}

/** What can be said of a model without running it. Has the shape of the contracts' `Inspection`, less the file's own facts. */
export interface ModelInspection {
  producer: string;
  irVersion: number;
  /** Operator-set version per domain; "" is ai.onnx. */
  opsets: Record<string, number>;
  inputs: TensorDescription[];
  outputs: TensorDescription[];
  /** Nodes per operator, most frequent first; operators of other domains as `domain.Operator`. */
  operators: Record<string, number>;
  nodeCount: number;
  /** Elements of the floating-point and quantised weights; index and shape constants do not count. */
  parameterCount: number;
  weightBytes: number;
  memoryEstimateBytes: number | null;
  metadata: Record<string, string>;
  notes: string[];
}

/**
 * Reads, checks and describes an ONNX file.
 * @throws OnnxError with the codes of `readModel` and `checkModel`
 */
export function inspectModel(bytes: Uint8Array, options: ReadOptions = {}): ModelInspection {
  const model = readModel(bytes, options);
  checkModel(model);
  const { unknownOperators } = inferModel(model);
  const graphs = allGraphs(model.graph);
  const { proto } = model;
  return {
    producer: [proto.producerName, proto.producerVersion].filter((text) => text !== "").join(" "),
    irVersion: model.irVersion,
    opsets: Object.fromEntries(model.opsets),
    inputs: model.graph.inputs.filter((name) => !model.graph.constants.has(name)).map((name) => describe(model.graph, name)),
    outputs: model.graph.outputs.map((name) => describe(model.graph, name)),
    operators: countOperators(graphs),
    nodeCount: graphs.reduce((total, graph) => total + graph.nodeCount, 0),
    parameterCount: graphs.reduce((total, graph) => total + countParameters(graph), 0),
    weightBytes: weightBytes(model.graph),
    memoryEstimateBytes: estimateMemory(model.graph),
    metadata: Object.fromEntries(proto.metadataProps.map((entry) => [entry.key, entry.value])),
    notes: collectNotes(model, graphs, unknownOperators),
  };
}

function describe(graph: Graph, name: string): TensorDescription {
  const type = graph.typeOf(name);
  return { name, type: typeName(type?.elemType ?? 0), shape: [...(type?.shape ?? [])] };
}

function countOperators(graphs: readonly Graph[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const node of graphs.flatMap((graph) => graph.nodes)) {
    const name = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([left, a], [right, b]) => b - a || left.localeCompare(right)));
}

const INDEX_TYPES: ReadonlySet<number> = new Set([DataType.INT64, DataType.BOOL, DataType.STRING, DataType.UINT64]);

/** Whether a constant's elements are parameters: index and shape constants are not. */
export function countsAsParameter(tensor: Tensor): boolean {
  return !INDEX_TYPES.has(tensor.dataType);
}

function countParameters(graph: Graph): number {
  const constants = graph.nodes.map((node) => (node.is("Constant") ? node.tensor("value") : null)).filter((tensor) => tensor !== null);
  return [...graph.constants.values(), ...constants].reduce(
    (total: number, tensor: Tensor) => total + (countsAsParameter(tensor) ? elementCount(tensor.dims) : 0),
    0,
  );
}

function collectNotes(model: OnnxModel, graphs: readonly Graph[], unknownOperators: readonly string[]): string[] {
  const notes: string[] = [];
  const nodes = graphs.flatMap((graph) => graph.nodes);
  const custom = [...new Set(nodes.map((node) => node.domain).filter((domain) => domain !== "" && domain !== "ai.onnx.ml"))];
  if (custom.length > 0) notes.push(`The model uses operators of ${custom.join(", ")}; a device needs a runtime that knows them.`);
  const unknown = unknownOperators.filter((operator) => !operator.includes("."));
  if (unknown.length > 0) notes.push(`The shapes behind ${unknown.slice(0, 8).join(", ")} are not known; estimates leave them out.`);
  if (nodes.some((node) => node.is("Loop", "Scan"))) notes.push("The model has a loop: its run time depends on its input.");
  if (nodes.some((node) => node.is("QuantizeLinear", "DequantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger")))
    notes.push("The model is quantised already.");
  if (nodes.some((node) => node.is("RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli", "Multinomial")))
    notes.push("The model draws random numbers: two runs of it differ.");
  if (model.proto.trainingInfo.length > 0) notes.push("The model carries training information, which devices do not need.");
  return notes;
}

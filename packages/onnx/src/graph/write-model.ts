import { create, toBinary } from "@bufbuild/protobuf";
import {
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type ValueInfoProto,
} from "../proto/gen/onnx_pb.js";
import { attributeToProto } from "./attribute-proto.ts";
import type { Graph } from "./graph.ts";
import type { OnnxModel } from "./model.ts";
import type { Node } from "./node.ts";
import { tensorToProto } from "./tensor-proto.ts";
import { valueInfoProto } from "./type-proto.ts";

export interface WriteOptions {
  /** Write what is known of the values between the nodes too. Off by default: it is a tenth of a small file and runtimes infer it. */
  readonly valueInfo?: boolean;
}

/** The model as an ONNX file. What the graph does not model (metadata, functions, training info) is written as it was read. */
export function writeModel(model: OnnxModel, options: WriteOptions = {}): Uint8Array {
  const opsetImport = [...model.opsets].map(([domain, version]) => create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }));
  const graph = writeGraph(model.graph, model.irVersion, options.valueInfo ?? false);
  const proto = create(ModelProtoSchema, { ...model.proto, irVersion: BigInt(model.irVersion), opsetImport, graph });
  return toBinary(ModelProtoSchema, proto);
}

function writeGraph(graph: Graph, irVersion: number, valueInfo: boolean): GraphProto {
  const write = (subgraph: Graph): GraphProto => writeGraph(subgraph, irVersion, valueInfo);
  const { source } = graph;
  const repeated = irVersion < 4 ? [...graph.constants.keys()] : [];
  const proto = create(GraphProtoSchema, {
    ...present({ name: graph.name, docString: source?.docString ?? "" }),
    node: graph.nodes.map((node) => writeNode(node, write)),
    initializer: [...graph.constants].map(([name, tensor]) => tensorToProto(tensor, name)),
    sparseInitializer: source?.sparseInitializer ?? [],
    metadataProps: source?.metadataProps ?? [],
    quantizationAnnotation: source?.quantizationAnnotation ?? [],
    input: [...graph.inputs, ...repeated].map((name) => declare(graph, name, source?.input)),
    output: graph.outputs.map((name) => declare(graph, name, source?.output)),
  });
  if (valueInfo) proto.valueInfo = innerTypes(graph);
  return proto;
}

/** Sequences, maps and optionals are known only by the message that declared them. */
function declare(graph: Graph, name: string, declared: readonly ValueInfoProto[] | undefined): ValueInfoProto {
  const type = graph.typeOf(name);
  const original = declared?.find((info) => info.name === name);
  return type === null && original !== undefined ? original : valueInfoProto(name, type);
}

function innerTypes(graph: Graph): ValueInfoProto[] {
  const outer = new Set([...graph.inputs, ...graph.outputs, ...graph.constants.keys()]);
  return [...graph.types]
    .filter(([name, type]) => !outer.has(name) && graph.defines(name) && type.elemType !== 0)
    .map(([name, type]) => valueInfoProto(name, type));
}

function writeNode(node: Node, write: (graph: Graph) => GraphProto): NodeProto {
  const { proto } = node;
  return create(NodeProtoSchema, {
    opType: node.opType,
    ...present({ name: node.name, domain: node.domain, overload: proto?.overload ?? "", docString: proto?.docString ?? "" }),
    metadataProps: proto?.metadataProps ?? [],
    deviceConfigurations: proto?.deviceConfigurations ?? [],
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: [...node.attributes].map(([name, attribute]) => attributeToProto(name, attribute, write)),
  });
}

/** Without the empty texts: proto2 would write each of them as two bytes. */
function present<T extends Record<string, string>>(texts: T): Partial<T> {
  const result: Partial<T> = { ...texts };
  for (const key of Object.keys(texts) as (keyof T)[]) if (texts[key] === "") delete result[key];
  return result;
}

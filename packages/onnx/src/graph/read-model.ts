import { fromBinary } from "@bufbuild/protobuf";
import { OnnxError } from "../errors.ts";
import { type ModelLimits, scanModel } from "../limits/scan-model.ts";
import { type GraphProto, type ModelProto, ModelProtoSchema } from "../proto/gen/onnx_pb.js";
import { type AttributeReader, attributeFromProto } from "./attribute-proto.ts";
import { Graph } from "./graph.ts";
import type { OnnxModel } from "./model.ts";
import { type ExternalDataResolver, tensorFromProto } from "./tensor-proto.ts";
import { typeFromProto } from "./type-proto.ts";

export interface ReadOptions {
  readonly limits?: Partial<ModelLimits>;
  /** Where external weights come from; without it a model with external weights is refused. */
  readonly externalData?: ExternalDataResolver;
}

/**
 * Reads an ONNX file after scanning it against the limits. Weights stay views into `bytes`, which must not change afterwards.
 * @throws OnnxError with the codes of `scanModel`, or INVALID_GRAPH
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): OnnxModel {
  scanModel(bytes, {
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    allowExternal: options.externalData !== undefined,
  });
  const proto = decode(bytes);
  if (proto.graph === undefined)
    throw new OnnxError("TRUNCATED_FILE", "The model has no graph. Export it again and upload the whole file.");
  const opsets = new Map<string, number>();
  for (const entry of proto.opsetImport) opsets.set(entry.domain === "ai.onnx" ? "" : entry.domain, Number(entry.version));
  const graph = readGraph(proto.graph, null, Number(proto.irVersion), options.externalData);
  return { irVersion: Number(proto.irVersion), opsets, graph, proto };
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new OnnxError("NOT_A_MODEL", "The file is not a readable ONNX model: its protobuf is damaged. Export it again.", { cause });
  }
}

/** A graph, or with `parent` a body inside it. */
export function readGraph(proto: GraphProto, parent: Graph | null, irVersion: number, resolve: ExternalDataResolver | undefined): Graph {
  const graph = new Graph(parent);
  graph.name = proto.name;
  for (const tensor of proto.initializer) {
    if (graph.constants.has(tensor.name))
      throw new OnnxError("INVALID_GRAPH", `The initialiser ${JSON.stringify(tensor.name)} stands in the model twice.`);
    graph.constants.set(tensor.name, tensorFromProto(tensor, resolve));
  }
  for (const sparse of proto.sparseInitializer) graph.opaque.add(sparse.values?.name ?? "");
  for (const info of [...proto.input, ...proto.output, ...proto.valueInfo]) {
    const type = typeFromProto(info.type);
    if (type !== null) graph.types.set(info.name, type);
  }
  // Before IR version 4 every initialiser had to be listed as an input as well, without being one.
  const names = proto.input.map((info) => info.name);
  graph.inputs = irVersion < 4 ? names.filter((name) => !graph.constants.has(name)) : names;
  graph.outputs.push(...proto.output.map((info) => info.name));
  const reader: AttributeReader = { readGraph: (subgraph) => readGraph(subgraph, graph, irVersion, resolve), resolve };
  for (const node of proto.node) {
    const attributes = new Map(node.attribute.map((attribute) => [attribute.name, attributeFromProto(attribute, reader)]));
    graph.addNode({
      opType: node.opType,
      domain: node.domain,
      name: node.name,
      inputs: node.input,
      outputs: node.output,
      attributes,
      proto: node,
    });
  }
  graph.source = proto;
  return graph;
}

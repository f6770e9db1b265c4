import { create } from "@bufbuild/protobuf";
import { type AttributeProto, AttributeProto_AttributeType as Kind, AttributeProtoSchema, type GraphProto } from "../proto/gen/onnx_pb.js";
import type { Graph } from "./graph.ts";
import type { Attribute } from "./node.ts";
import { type ExternalDataResolver, tensorFromProto, tensorToProto } from "./tensor-proto.ts";

/** How subgraphs are read and written; handed in so that this file needs to know neither. */
export interface AttributeReader {
  readonly readGraph: (proto: GraphProto) => Graph;
  readonly resolve?: ExternalDataResolver | undefined;
}

export function attributeFromProto(proto: AttributeProto, reader: AttributeReader): Attribute {
  if (proto.refAttrName !== "") return { kind: "reference", value: proto.refAttrName, type: proto.type };
  const convert = READERS[kindOf(proto)];
  return convert === undefined ? { kind: "message", value: proto } : convert(proto, reader);
}

type Read = (proto: AttributeProto, reader: AttributeReader) => Attribute;

const READERS: Readonly<Partial<Record<Kind, Read>>> = {
  [Kind.INT]: (proto) => ({ kind: "int", value: proto.i }),
  [Kind.FLOAT]: (proto) => ({ kind: "float", value: proto.f }),
  [Kind.STRING]: (proto) => ({ kind: "string", value: proto.s }),
  [Kind.INTS]: (proto) => ({ kind: "ints", value: proto.ints }),
  [Kind.FLOATS]: (proto) => ({ kind: "floats", value: proto.floats }),
  [Kind.STRINGS]: (proto) => ({ kind: "strings", value: proto.strings }),
  [Kind.TENSOR]: (proto, { resolve }) =>
    proto.t === undefined ? { kind: "message", value: proto } : { kind: "tensor", value: tensorFromProto(proto.t, resolve) },
  [Kind.TENSORS]: (proto, { resolve }) => ({ kind: "tensors", value: proto.tensors.map((tensor) => tensorFromProto(tensor, resolve)) }),
  [Kind.GRAPH]: (proto, { readGraph }) =>
    proto.g === undefined ? { kind: "message", value: proto } : { kind: "graph", value: readGraph(proto.g) },
  [Kind.GRAPHS]: (proto, { readGraph }) => ({ kind: "graphs", value: proto.graphs.map(readGraph) }),
};

/** IR version 1 wrote no discriminator: the field that is filled tells. */
function kindOf(proto: AttributeProto): Kind {
  if (proto.type !== Kind.UNDEFINED) return proto.type;
  if (proto.t !== undefined) return Kind.TENSOR;
  if (proto.g !== undefined) return Kind.GRAPH;
  if (proto.ints.length > 0) return Kind.INTS;
  if (proto.floats.length > 0) return Kind.FLOATS;
  if (proto.strings.length > 0) return Kind.STRINGS;
  if (proto.s.byteLength > 0) return Kind.STRING;
  return proto.f === 0 ? Kind.INT : Kind.FLOAT;
}

export function attributeToProto(name: string, attribute: Attribute, writeGraph: (graph: Graph) => GraphProto): AttributeProto {
  const make = (init: Partial<AttributeProto>): AttributeProto => Object.assign(create(AttributeProtoSchema, { name }), init);
  switch (attribute.kind) {
    case "int":
      return make({ type: Kind.INT, i: attribute.value });
    case "float":
      return make({ type: Kind.FLOAT, f: attribute.value });
    case "string":
      return make({ type: Kind.STRING, s: attribute.value });
    case "ints":
      return make({ type: Kind.INTS, ints: [...attribute.value] });
    case "floats":
      return make({ type: Kind.FLOATS, floats: [...attribute.value] });
    case "strings":
      return make({ type: Kind.STRINGS, strings: [...attribute.value] });
    case "tensor":
      return make({ type: Kind.TENSOR, t: tensorToProto(attribute.value) });
    case "tensors":
      return make({ type: Kind.TENSORS, tensors: attribute.value.map((tensor) => tensorToProto(tensor)) });
    case "graph":
      return make({ type: Kind.GRAPH, g: writeGraph(attribute.value) });
    case "graphs":
      return make({ type: Kind.GRAPHS, graphs: attribute.value.map(writeGraph) });
    case "reference":
      return make({ type: attribute.type, refAttrName: attribute.value });
    default:
      return attribute.value;
  }
}

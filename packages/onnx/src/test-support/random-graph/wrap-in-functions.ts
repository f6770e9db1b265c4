import { create } from "@bufbuild/protobuf";
import type { Graph } from "../../graph/graph.ts";
import type { OnnxModel } from "../../graph/model.ts";
import type { Attribute, Node } from "../../graph/node.ts";
import { writeModel } from "../../graph/write-model.ts";
import { readModel } from "../../graph/read-model.ts";
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  type FunctionProto,
  FunctionProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
} from "../../proto/gen/onnx_pb.js";
import { attributeToProto } from "../../graph/attribute-proto.ts";
import type { Random } from "./random.ts";

const DOMAIN = "local";

/**
 * The same model with some of its nodes behind functions of its own: each a function of one node, some called through a second function, with
 * an attribute handed in by reference where the node has one.
 */
export function wrapInFunctions(model: OnnxModel, random: Random): OnnxModel {
  const copy = readModel(writeModel(model));
  const functions: FunctionProto[] = [];
  for (const node of copy.graph.nodes)
    if (node.subgraphs().length === 0 && random.chance(0.5)) wrap(copy.graph, node, functions, random, copy);
  copy.proto.functions = functions;
  copy.opsets.set(DOMAIN, 1);
  return readModel(writeModel(copy));
}

function wrap(graph: Graph, node: Node, functions: FunctionProto[], random: Random, model: OnnxModel): void {
  const name = `f${functions.length}`;
  const [inputs, outputs] = [
    node.inputs.map((value, index) => (value === "" ? "" : `a${index}`)),
    node.outputs.map((_, index) => `r${index}`),
  ];
  const handed = [...node.attributes].find(([, attribute]) => attribute.kind === "int");
  const inner = create(NodeProtoSchema, {
    opType: node.opType,
    input: inputs,
    output: outputs,
    attribute: [...node.attributes].map(([key, attribute]) => (key === handed?.[0] ? reference(key) : plain(key, attribute))),
  });
  functions.push(declare(name, inputs, outputs, [inner], handed === undefined ? [] : [handed[0]], model));
  let called = name;
  if (random.chance(0.4)) {
    called = `g${functions.length}`;
    const call = create(NodeProtoSchema, {
      domain: DOMAIN,
      opType: name,
      input: inputs.filter((input) => input !== ""),
      output: outputs,
      attribute: handed === undefined ? [] : [reference(handed[0])],
    });
    functions.push(declare(called, inputs, outputs, [call], handed === undefined ? [] : [handed[0]], model));
  }
  graph.replaceNode(node, {
    domain: DOMAIN,
    opType: called,
    inputs: node.inputs.filter((value) => value !== ""),
    outputs: node.outputs,
    attributes: handed === undefined ? {} : { [handed[0]]: handed[1] },
  });
}

function declare(
  name: string,
  inputs: string[],
  outputs: string[],
  node: NodeProto[],
  attribute: string[],
  model: OnnxModel,
): FunctionProto {
  const opsetImport = [...model.opsets, [DOMAIN, 1] as const].map(([domain, version]) =>
    create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
  );
  return create(FunctionProtoSchema, {
    domain: DOMAIN,
    name,
    input: inputs.filter((input) => input !== ""),
    output: outputs,
    node,
    attribute,
    opsetImport,
  });
}

function reference(name: string) {
  return create(AttributeProtoSchema, { name, refAttrName: name, type: Kind.INT });
}

function plain(name: string, attribute: Attribute) {
  return attributeToProto(name, attribute, () => {
    throw new Error("A body inside a function is not made here.");
  });
}

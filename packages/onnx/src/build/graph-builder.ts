import { create } from "@bufbuild/protobuf";
import { OnnxError } from "../errors.ts";
import { DataType } from "../graph/data-types.ts";
import { Graph } from "../graph/graph.ts";
import type { OnnxModel } from "../graph/model.ts";
import { type Attribute, floatAttribute, intAttribute, intsAttribute, stringAttribute } from "../graph/node.ts";
import { floatTensor, int64Tensor, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import type { Dim, TensorValueType } from "../graph/types.ts";
import { inferNode } from "../infer/infer-model.ts";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "../proto/gen/onnx_pb.js";

/** An attribute in plain JavaScript: bigint → int, number → float, array of bigint → ints, string → string; the rest as it is. */
export type AttributeValue = bigint | number | string | readonly bigint[] | Attribute;

/** What the finished model says about itself. */
export interface ModelFacts {
  readonly name: string;
  readonly producer: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a graph node by node and knows the type and shape of every value as soon as it exists, so that a converter can decide from shapes.
 * Constants of equal content are not merged here: `dedupe-initialisers` does that.
 */
export class GraphBuilder {
  readonly graph: Graph;
  readonly opset: number;
  /** Put before the names of nodes and values, so that they say which layer they came from. */
  scope = "";
  readonly #entries = new Map<string, readonly Dim[]>();

  constructor(opset: number, parent: GraphBuilder | null = null) {
    this.opset = opset;
    this.graph = new Graph(parent?.graph ?? null);
    this.scope = parent?.scope ?? "";
  }

  /** Declares an input of the graph. */
  input(name: string, elemType: number, shape: readonly Dim[] | null): string {
    if (this.graph.defines(name)) throw new OnnxError("INVALID_GRAPH", `Two inputs are called ${JSON.stringify(name)}.`);
    this.graph.inputs.push(name);
    this.graph.types.set(name, { elemType, shape });
    return name;
  }

  /** Makes `value` an output under `name`, which nothing else may have yet. */
  output(value: string, name: string): void {
    this.graph.types.set(name, this.type(value));
    this.graph.addNode({ opType: "Identity", name: this.graph.freshName(name), inputs: [value], outputs: [name] });
    this.graph.outputs.push(name);
  }

  /** Adds a node of one output and returns that output's name. Absent optional inputs are "". */
  op(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    return this.nodeOf(opType, inputs, 1, attributes)[0] ?? "";
  }

  /** Adds a node of `count` outputs; `domain` is "" for the standard operators. */
  nodeOf(
    opType: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = "",
  ): string[] {
    const outputs = Array.from({ length: count }, () => this.graph.freshName(this.#hint(opType)));
    const node = this.graph.addNode({
      opType,
      domain,
      name: outputs[0] ?? "",
      inputs,
      outputs,
      attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)])),
    });
    inferNode(this.graph, node, this.opset, this.#entries);
    return outputs;
  }

  constant(tensor: Tensor, hint = "c"): string {
    return this.graph.addConstant(tensor, this.#hint(hint));
  }

  /** A float32 constant; without `dims` a scalar for a number and a vector for an array. */
  floats(values: number | ArrayLike<number>, dims?: readonly number[]): string {
    const list = typeof values === "number" ? [values] : values;
    return this.constant(floatTensor(dims ?? (typeof values === "number" ? [] : [list.length]), list));
  }

  /** An int64 vector. */
  ints(values: readonly (number | bigint)[]): string {
    return this.constant(int64Tensor(values), "i");
  }

  /** An int64 scalar. */
  int(value: number): string {
    return this.constant(tensorFromNumbers(DataType.INT64, [], [value]), "i");
  }

  /** A graph for a Loop's or Scan's body, with the types and the names of this one around it. */
  body(): GraphBuilder {
    return new GraphBuilder(this.opset, this);
  }

  type(value: string): TensorValueType {
    return this.graph.typeOf(value) ?? { elemType: DataType.UNDEFINED, shape: null };
  }

  /** @throws OnnxError INVALID_GRAPH where not even the rank is known */
  shape(value: string): readonly Dim[] {
    const { shape } = this.type(value);
    if (shape !== null) return shape;
    throw new OnnxError("INVALID_GRAPH", `The number of axes of ${JSON.stringify(value)} is not known.`);
  }

  rank(value: string): number {
    return this.shape(value).length;
  }

  /** The graph as a model. Nodes are put in order. */
  finish(facts: ModelFacts): OnnxModel {
    this.graph.name = facts.name;
    this.graph.sortTopologically();
    const metadataProps = Object.entries(facts.metadata ?? {}).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
    const proto = create(ModelProtoSchema, { producerName: facts.producer, metadataProps });
    return { irVersion: irVersionOf(this.opset), opsets: new Map([["", this.opset]]), graph: this.graph, proto };
  }

  #hint(text: string): string {
    return this.scope === "" ? text : `${this.scope}/${text}`;
  }
}

/** The first IR version that may hold an opset. Source: onnx/docs/Versioning.md. */
function irVersionOf(opset: number): number {
  return opset >= 21 ? 10 : opset >= 19 ? 9 : opset >= 15 ? 8 : 7;
}

function attributeOf(value: AttributeValue): Attribute {
  if (typeof value === "bigint") return intAttribute(value);
  if (typeof value === "number") return floatAttribute(value);
  if (typeof value === "string") return stringAttribute(value);
  return isList(value) ? intsAttribute(value) : value;
}

function isList(value: readonly bigint[] | Attribute): value is readonly bigint[] {
  return Array.isArray(value);
}

import { create } from "@bufbuild/protobuf";
import { OnnxError } from "../../errors.ts";
import { DataType } from "../../graph/data-types.ts";
import { Graph } from "../../graph/graph.ts";
import type { OnnxModel } from "../../graph/model.ts";
import { type Attribute, intsAttribute, type NodeInit } from "../../graph/node.ts";
import { elementCount, floatTensor, int64Tensor, type Tensor, toNumbers } from "../../graph/tensor.ts";
import { ModelProtoSchema } from "../../proto/gen/onnx_pb.js";
import { runControlFlow } from "../../reference/control-flow.ts";
import { runGraph } from "../../reference/run-graph.ts";
import { runNode } from "../../reference/run-node.ts";
import { Node } from "../../graph/node.ts";
import type { Random } from "./random.ts";

/** A value of a graph that is being drawn up, and what it holds for the inputs that were drawn with it. */
export interface Value {
  readonly name: string;
  readonly tensor: Tensor;
}

type Attributes = Readonly<Record<string, Attribute>>;

interface Shared {
  next: number;
  readonly samples: Map<string, Tensor>;
}

/** What grows too large to compare, or is no number, is not kept. */
const LARGEST = 1e3;
const MOST_ELEMENTS = 400;

/**
 * A random graph under construction. Every node is computed as soon as it is added, so that shapes are always known, and one that the
 * interpreter refuses, or that makes something useless, is not added.
 */
export class Sketch {
  readonly graph: Graph;
  readonly random: Random;
  readonly opset: number;
  readonly values: Value[] = [];
  readonly #shared: Shared;
  /** Values of the graphs around that may be read. */
  readonly #outer: readonly Value[];

  constructor(random: Random, opset: number, around: Sketch | null = null) {
    this.random = random;
    this.opset = opset;
    this.graph = new Graph(around?.graph ?? null);
    this.graph.name = "g";
    this.#shared = around === null ? { next: 0, samples: new Map() } : around.#shared;
    this.#outer = around === null ? [] : [...around.#outer, ...around.values];
  }

  name(hint: string): string {
    this.#shared.next += 1;
    return `${hint}${this.#shared.next}`;
  }

  input(tensor: Tensor, symbolic: string | null = null): Value {
    const value = this.#value(this.name("in"), tensor);
    const shape = symbolic === null ? tensor.dims : [symbolic, ...tensor.dims.slice(1)];
    this.graph.inputs.push(value.name);
    this.graph.types.set(value.name, { elemType: tensor.dataType, shape });
    this.values.push(value);
    return value;
  }

  constant(tensor: Tensor): Value {
    const value = this.#value(this.name("c"), tensor);
    if (this.random.chance(0.15))
      this.graph.addNode({
        opType: "Constant",
        inputs: [],
        outputs: [value.name],
        attributes: { value: { kind: "tensor", value: tensor } },
      });
    else this.graph.constants.set(value.name, tensor);
    return value;
  }

  floats(dims: readonly number[]): Value {
    return this.constant(floatTensor(dims, this.random.floats(elementCount(dims))));
  }

  scalar(value: number): Value {
    return this.constant(floatTensor([], [value]));
  }

  ints(values: readonly (number | bigint)[]): Value {
    return this.constant(int64Tensor(values));
  }

  /** Adds a node and computes it; null where it cannot be or what it makes is of no use. */
  add(opType: string, inputs: readonly (Value | null)[], attributes: Attributes = {}, count = 1): Value[] | null {
    const outputs = Array.from({ length: count }, () => this.name("v"));
    const init: NodeInit = { opType, inputs: inputs.map((value) => value?.name ?? ""), outputs, attributes };
    const tensors = this.#compute(
      new Node(init),
      inputs.map((value) => value?.tensor ?? null),
    );
    if (tensors === null || !tensors.every(useful)) return null;
    this.graph.addNode(init);
    const made = outputs.map((name, index) => this.#value(name, tensors[index] as Tensor));
    this.values.push(...made);
    return made;
  }

  /** Adds a node with one output. */
  one(opType: string, inputs: readonly (Value | null)[], attributes: Attributes = {}): Value | null {
    return this.add(opType, inputs, attributes)?.[0] ?? null;
  }

  /** `axes` as an attribute or an input, as the operator set wants it. */
  withAxes(opType: string, data: Value, axes: readonly number[], since: number, attributes: Attributes = {}): Value | null {
    if (this.opset < since) return this.one(opType, [data], { ...attributes, axes: intsAttribute(axes) });
    return this.one(opType, [data, this.ints(axes)], attributes);
  }

  /** A float value to go on with, this graph's or one around it; `fits` narrows the choice. */
  any(fits: (dims: readonly number[]) => boolean = () => true): Value | null {
    const found = [...this.values, ...this.#outer].filter(({ tensor }) => tensor.dataType === DataType.FLOAT && fits(tensor.dims));
    return found.length === 0 ? null : this.random.pick(found);
  }

  #compute(node: Node, inputs: readonly (Tensor | null)[]): readonly Tensor[] | null {
    const around = (name: string): Tensor | null => this.#shared.samples.get(name) ?? null;
    try {
      const run = (body: Graph, given: readonly Tensor[]): Tensor[] => runGraph(body, given, this.opset, around);
      return runControlFlow(node, inputs, run) ?? runNode(node, inputs, this.opset);
    } catch (error) {
      if (error instanceof OnnxError) return null;
      throw error;
    }
  }

  #value(name: string, tensor: Tensor): Value {
    this.#shared.samples.set(name, tensor);
    return { name, tensor };
  }

  /** Names the outputs: everything that nothing reads, and a few values from the middle. */
  close(): void {
    const produced = this.values.filter(({ name }) => this.graph.producerOf(name) !== null);
    for (const { name } of produced)
      if (!this.graph.isOutput(name) && (this.graph.consumerCount(name) === 0 || this.random.chance(0.04))) this.graph.outputs.push(name);
    if (this.graph.outputs.length === 0 && produced.at(-1) !== undefined) this.graph.outputs.push(produced.at(-1)?.name ?? "");
    for (const { name, tensor } of produced)
      if (this.graph.isOutput(name)) this.graph.types.set(name, { elemType: tensor.dataType, shape: null });
  }

  sample(name: string): Tensor {
    const tensor = this.#shared.samples.get(name);
    if (tensor === undefined) throw new Error(`No sample of ${name}.`);
    return tensor;
  }

  model(): OnnxModel {
    const irVersion = this.opset >= 21 ? 10 : 8;
    return { irVersion, opsets: new Map([["", this.opset]]), graph: this.graph, proto: create(ModelProtoSchema) };
  }
}

function useful(tensor: Tensor | undefined): tensor is Tensor {
  if (tensor === undefined || elementCount(tensor.dims) > MOST_ELEMENTS || elementCount(tensor.dims) === 0 || tensor.dims.length > 6)
    return false;
  return toNumbers(tensor).every((value) => Math.abs(value) <= LARGEST);
}

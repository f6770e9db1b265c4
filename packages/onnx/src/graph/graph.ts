import { OnnxError } from "../errors.ts";
import type { GraphProto } from "../proto/gen/onnx_pb.js";
import { Heap } from "./heap.ts";
import { Node, type NodeInit } from "./node.ts";
import type { Tensor } from "./tensor.ts";
import type { TensorValueType } from "./types.ts";

function stale(what: string, how: string): OnnxError {
  return new OnnxError("INTERNAL", `The graph's index of ${JSON.stringify(what)} is out of date: ${how}.`);
}

/** A node sees its values through this: mutable only inside this module. */
interface Wiring {
  inputs: string[];
  outputs: string[];
}

function wiringOf(node: Node): Wiring {
  return node as unknown as Wiring;
}

/**
 * One graph of a model: the main one, or the body of an If, Loop or Scan.
 *
 * INVARIANTS, kept by the editing methods: every value has one producer (a node, a constant or a graph input); `consumersOf` lists
 * exactly the nodes that read a value, through their inputs or from inside their subgraphs. Node order is kept topological by
 * `sortTopologically`, which whoever adds nodes calls before the graph is written.
 */
export class Graph {
  name = "";
  /** Names of the graph's inputs; without the initialisers that IR versions below 4 repeat there. */
  inputs: string[] = [];
  readonly outputs: string[] = [];
  /** Initialisers. One that is also an input is a default that a caller may replace: `constantOf` does not return it. */
  readonly constants = new Map<string, Tensor>();
  /** What is known of each value: declared in the file, or inferred. */
  readonly types = new Map<string, TensorValueType>();
  /** Names that something outside the passes' reach defines, such as sparse initialisers. */
  readonly opaque = new Set<string>();
  /** The message that the graph was read from: what is not modelled here is written back from it. */
  source: GraphProto | null = null;
  #parent: Graph | null;
  #nodes = new Set<Node>();
  readonly #producers = new Map<string, Node>();
  readonly #consumers = new Map<string, Set<Node>>();
  readonly #captured = new Map<Node, Set<string>>();
  #nextName = 0;

  constructor(parent: Graph | null = null) {
    this.#parent = parent;
  }

  /** The graph around a body. */
  get parent(): Graph | null {
    return this.#parent;
  }

  /** A body whose node moves to another graph sees that one around it. */
  moveTo(parent: Graph): void {
    this.#parent = parent;
  }

  get nodes(): readonly Node[] {
    return [...this.#nodes];
  }

  get nodeCount(): number {
    return this.#nodes.size;
  }

  has(node: Node): boolean {
    return this.#nodes.has(node);
  }

  producerOf(value: string): Node | null {
    return this.#producers.get(value) ?? null;
  }

  /** The nodes that read `value`, once each. */
  consumersOf(value: string): readonly Node[] {
    return [...(this.#consumers.get(value) ?? [])];
  }

  consumerCount(value: string): number {
    return this.#consumers.get(value)?.size ?? 0;
  }

  isOutput(value: string): boolean {
    return this.outputs.includes(value);
  }

  /** Whether this graph itself, not a parent, defines `value`. */
  defines(value: string): boolean {
    return this.#producers.has(value) || this.constants.has(value) || this.inputs.includes(value) || this.opaque.has(value);
  }

  /** The tensor of a value that is the same in every run: an initialiser or a Constant node, here or in a graph around. */
  constantOf(value: string): Tensor | null {
    if (value === "") return null;
    const producer = this.#producers.get(value);
    if (producer !== undefined) return producer.is("Constant") ? producer.tensor("value") : null;
    if (this.inputs.includes(value)) return null;
    return this.constants.get(value) ?? this.parent?.constantOf(value) ?? null;
  }

  /** The type of a value here or in a graph around. */
  typeOf(value: string): TensorValueType | null {
    const constant = this.constants.get(value);
    if (constant !== undefined) return { elemType: constant.dataType, shape: constant.dims };
    return this.types.get(value) ?? (this.defines(value) ? null : (this.parent?.typeOf(value) ?? null));
  }

  addNode(init: NodeInit): Node {
    const node = new Node(init);
    for (const output of node.outputs) {
      if (output === "") continue;
      if (this.defines(output))
        throw new OnnxError(
          "INVALID_GRAPH",
          `The value ${JSON.stringify(output)} is produced twice, the second time by ${node.describe()}.`,
        );
      this.#producers.set(output, node);
    }
    this.#nodes.add(node);
    for (const input of node.inputs) this.#use(input, node);
    if (node.subgraphs().length > 0) this.refreshCaptures(node);
    return node;
  }

  removeNode(node: Node): void {
    if (!this.#nodes.delete(node)) return;
    for (const output of node.outputs) if (this.#producers.get(output) === node) this.#producers.delete(output);
    for (const input of node.inputs) this.#consumers.get(input)?.delete(node);
    for (const name of this.#captured.get(node) ?? []) this.#consumers.get(name)?.delete(node);
    this.#captured.delete(node);
  }

  /** Puts a node described by `init` in the place of `node`; its outputs may be the same names. */
  replaceNode(node: Node, init: NodeInit): Node {
    this.removeNode(node);
    return this.addNode(init);
  }

  setInput(node: Node, index: number, value: string): void {
    const wiring = wiringOf(node);
    const before = wiring.inputs[index];
    while (wiring.inputs.length < index) wiring.inputs.push("");
    wiring.inputs[index] = value;
    if (before !== undefined && !this.#reads(node, before)) this.#consumers.get(before)?.delete(node);
    this.#use(value, node);
  }

  /** Lets `node` produce `value` as its output `index` instead; readers of the old name are left alone. */
  setOutput(node: Node, index: number, value: string): void {
    const wiring = wiringOf(node);
    const before = wiring.outputs[index] ?? "";
    if (value !== "" && this.defines(value))
      throw new OnnxError("INVALID_GRAPH", `The value ${JSON.stringify(value)} is produced twice, the second time by ${node.describe()}.`);
    if (this.#producers.get(before) === node) this.#producers.delete(before);
    wiring.outputs[index] = value;
    if (value !== "") this.#producers.set(value, node);
  }

  /** Every node that reads `before` reads `after` instead, subgraphs included; the graph's outputs stay. */
  replaceUses(before: string, after: string): void {
    for (const node of this.consumersOf(before)) {
      const wiring = wiringOf(node);
      wiring.inputs = wiring.inputs.map((input) => (input === before ? after : input));
      for (const subgraph of node.subgraphs()) subgraph.renameCapture(before, after);
      this.#consumers.get(before)?.delete(node);
      this.#use(after, node);
      if (this.#captured.get(node)?.delete(before) === true) this.#captured.get(node)?.add(after);
    }
  }

  /** Gives a value that this graph defines another name, everywhere; a graph output keeps its place under the new name. */
  renameValue(before: string, after: string): void {
    const producer = this.#producers.get(before);
    const constant = this.constants.get(before);
    const type = this.types.get(before);
    if (producer !== undefined) this.setOutput(producer, producer.outputs.indexOf(before), after);
    if (constant !== undefined) {
      this.constants.delete(before);
      this.constants.set(after, constant);
    }
    if (type !== undefined) {
      this.types.delete(before);
      this.types.set(after, type);
    }
    this.replaceUses(before, after);
    this.#consumers.delete(before);
    for (const [index, output] of this.outputs.entries()) if (output === before) this.outputs[index] = after;
  }

  addConstant(tensor: Tensor, hint = "c"): string {
    const name = this.freshName(hint);
    this.constants.set(name, tensor);
    return name;
  }

  /** A name that nothing in this graph, around it or below it uses. */
  freshName(hint: string): string {
    const root = this.#root();
    for (;;) {
      const name = `${hint}_${root.#nextName.toString(36)}`;
      root.#nextName += 1;
      if (!root.#mentions(name) && !this.#visible(name)) return name;
    }
  }

  #root(): Graph {
    return this.parent === null ? this : this.parent.#root();
  }

  #visible(name: string): boolean {
    return this.defines(name) || (this.parent !== null && this.parent.#visible(name));
  }

  #mentions(name: string): boolean {
    if (this.defines(name) || this.#consumers.has(name) || this.outputs.includes(name)) return true;
    return [...this.#captured.keys()].some((node) => node.subgraphs().some((subgraph) => subgraph.#mentions(name)));
  }

  /** The values from outside that this graph and the graphs in it read. */
  captures(): Set<string> {
    const outside = new Set<string>();
    for (const [value, consumers] of this.#consumers) if (consumers.size > 0 && !this.defines(value)) outside.add(value);
    for (const output of this.outputs) if (!this.defines(output)) outside.add(output);
    return outside;
  }

  /** Reads the subgraphs of `node` again after they were edited. */
  refreshCaptures(node: Node): void {
    for (const name of this.#captured.get(node) ?? []) if (!node.inputs.includes(name)) this.#consumers.get(name)?.delete(node);
    const names = new Set(node.subgraphs().flatMap((subgraph) => [...subgraph.captures()]));
    if (node.subgraphs().length > 0) this.#captured.set(node, names);
    for (const name of names) this.#use(name, node);
  }

  /** A value of a graph around this one changed its name. */
  renameCapture(before: string, after: string): void {
    if (this.defines(before)) return;
    this.replaceUses(before, after);
    for (const [index, output] of this.outputs.entries()) if (output === before) this.outputs[index] = after;
  }

  /**
   * Orders the nodes so that each stands behind what it reads; ties keep their order.
   * @throws OnnxError INVALID_GRAPH where nodes depend on each other in a circle
   */
  sortTopologically(): void {
    const waiting = new Map<Node, number>();
    const ready: Node[] = [];
    for (const node of this.#nodes) {
      const open = new Set([...this.#reading(node)].map((name) => this.#producers.get(name)).filter((producer) => producer !== undefined))
        .size;
      if (open === 0) ready.push(node);
      else waiting.set(node, open);
    }
    const order = this.#drain(ready, waiting);
    const stuck = this.nodes.find((node) => (waiting.get(node) ?? 0) > 0);
    if (stuck !== undefined)
      throw new OnnxError("INVALID_GRAPH", `The node ${stuck.describe()} depends on its own output. Export the model again.`);
    this.#nodes = new Set(order);
  }

  /** Kahn's algorithm, always taking the node that stood first, so that a sorted graph stays as it is. */
  #drain(ready: Node[], waiting: Map<Node, number>): Node[] {
    const position = new Map(this.nodes.map((node, index) => [node, index]));
    const heap = new Heap<Node>((node) => position.get(node) ?? 0);
    for (const node of ready) heap.push(node);
    const order: Node[] = [];
    for (let node = heap.pop(); node !== undefined; node = heap.pop()) {
      order.push(node);
      const followers = new Set(node.outputs.flatMap((output) => (output === "" ? [] : this.consumersOf(output))));
      for (const follower of followers) {
        const open = (waiting.get(follower) ?? 0) - 1;
        waiting.set(follower, open);
        if (open === 0) heap.push(follower);
      }
    }
    return order;
  }

  /**
   * The invariants of the indexes, counted again from the nodes. For tests: it costs as much as reading the graph.
   * @throws OnnxError INTERNAL
   */
  checkIndexes(): void {
    const readers = new Map<string, Set<Node>>();
    for (const node of this.#nodes) {
      for (const output of node.outputs)
        if (output !== "" && this.#producers.get(output) !== node) throw stale(output, `its producer ${node.describe()} is not indexed`);
      const captured = node.subgraphs().flatMap((subgraph) => [...subgraph.captures()]);
      for (const name of [...node.inputs, ...captured]) if (name !== "") readers.set(name, (readers.get(name) ?? new Set()).add(node));
      for (const subgraph of node.subgraphs()) {
        if (subgraph.parent !== this) throw stale(node.describe(), "a body of it belongs to another graph");
        subgraph.checkIndexes();
      }
    }
    for (const name of new Set([...readers.keys(), ...this.#consumers.keys()])) {
      const [wanted, found] = [readers.get(name) ?? new Set(), this.#consumers.get(name) ?? new Set()];
      if (wanted.size !== found.size || [...wanted].some((node) => !found.has(node)))
        throw stale(name, `${wanted.size} nodes read it, ${found.size} are indexed`);
    }
  }

  #reading(node: Node): Set<string> {
    return new Set([...node.inputs, ...(this.#captured.get(node) ?? [])].filter((name) => name !== ""));
  }

  #reads(node: Node, value: string): boolean {
    return node.inputs.includes(value) || (this.#captured.get(node)?.has(value) ?? false);
  }

  #use(value: string, node: Node): void {
    if (value === "") return;
    const users = this.#consumers.get(value);
    if (users === undefined) this.#consumers.set(value, new Set([node]));
    else users.add(node);
  }
}

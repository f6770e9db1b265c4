import type { Graph } from "../graph/graph.ts";
import { intsAttribute, type Node } from "../graph/node.ts";
import type { Dim } from "../graph/types.ts";
import type { Pass } from "./pass.ts";
import { canMove, moveNode } from "./transpose-rules.ts";

/**
 * Before:     Transposes around a region of nodes that do not care about the order of axes (or whose axes can be renamed):
 *             Transpose → Relu → Add(·, Transpose) → Transpose⁻¹
 * After:      the region works in the order in which the data came; what leaves it is transposed where it is still needed
 * Conditions: each operand of the region comes from the region, from a Transpose with the same permutation, or is a constant that can be
 *             transposed; every node of it has a rule (transpose-rules.ts); the graph ends up with fewer Transposes than before, or with as
 *             many that have moved down to another node: an activation then stands at its convolution, a Concat sees Transposes on all sides
 * Source:     the idea of ONNX Runtime's transpose_optimization, as one decision per region instead of per node
 * Bit-equal.
 */
export const cancelTransposes: Pass = {
  id: "cancel-transposes",
  run: (graph, { opset }) => {
    let changed = false;
    for (const node of graph.nodes) {
      if (!graph.has(node) || !node.is("Transpose")) continue;
      const region = grow(graph, node, opset);
      if (region === null || !pays(graph, region)) continue;
      apply(graph, region);
      changed = true;
    }
    return { changed, notes: [] };
  },
};

interface Region {
  readonly perm: readonly number[];
  /** The Transposes at its border: all have `perm`. */
  readonly entries: ReadonlySet<Node>;
  readonly nodes: readonly Node[];
}

/** From one Transpose downwards, taking in every node of which all operands fit. Null where nothing does. */
function grow(graph: Graph, start: Node, opset: number): Region | null {
  const perm = permOf(graph, start);
  if (perm === null) return null;
  const entries = new Set([start]);
  const inside = new Set<Node>();
  const fits = (node: Node, value: string): boolean => {
    const producer = graph.producerOf(value);
    if (producer !== null && (inside.has(producer) || entries.has(producer))) return true;
    if (producer !== null && producer.is("Transpose") && same(permOf(graph, producer), perm)) return true;
    return graph.constantOf(value) !== null && node.inputs.length > 1;
  };
  const open = consumersOf(graph, start);
  for (let node = open.shift(); node !== undefined; node = open.shift()) {
    if (inside.has(node) || !canMove(graph, node, perm, opset, (value) => fits(node, value))) continue;
    inside.add(node);
    for (const input of node.inputs) {
      const producer = graph.producerOf(input);
      if (producer === null || inside.has(producer) || entries.has(producer) || !producer.is("Transpose")) continue;
      if (!same(permOf(graph, producer), perm)) continue;
      entries.add(producer);
      open.push(...consumersOf(graph, producer));
    }
    open.push(...consumersOf(graph, node));
  }
  // A border that reads from the region would be turned twice.
  const circular = [...entries].some((entry) => inside.has(graph.producerOf(entry.inputs[0] ?? "") ?? entry));
  return inside.size === 0 || circular ? null : { perm, entries, nodes: [...inside] };
}

/** Readers inside subgraphs count as leaving the region. */
function consumersOf(graph: Graph, node: Node): Node[] {
  return graph.consumersOf(node.outputs[0] ?? "").filter((consumer) => consumer.inputs.includes(node.outputs[0] ?? ""));
}

function permOf(graph: Graph, node: Node): readonly number[] | null {
  const rank = graph.typeOf(node.inputs[0] ?? "")?.shape?.length;
  return node.ints("perm") ?? (rank === undefined ? null : Array.from({ length: rank }, (_, axis) => rank - 1 - axis));
}

function same(left: readonly number[] | null, right: readonly number[]): boolean {
  return left !== null && left.length === right.length && left.every((axis, index) => axis === right[index]);
}

/** As many Transposes as before are worth it only where something below may still cancel them. */
function pays(graph: Graph, region: Region): boolean {
  const gain = gainOf(graph, region);
  return gain > 0 || (gain === 0 && !region.nodes.some((node) => graph.isOutput(node.outputs[0] ?? "")));
}

/** Transposes that go, less those that come: an entry goes if only the region reads it, an exit costs one unless it meets its inverse. */
function gainOf(graph: Graph, { perm, entries, nodes }: Region): number {
  const inside = new Set(nodes);
  let gain = 0;
  for (const entry of entries) {
    const output = entry.outputs[0] ?? "";
    if (!graph.isOutput(output) && graph.consumersOf(output).every((consumer) => inside.has(consumer))) gain += 1;
  }
  for (const node of nodes) {
    const output = node.outputs[0] ?? "";
    const leaving = graph.consumersOf(output).filter((consumer) => !inside.has(consumer));
    const undone = leaving.filter((consumer) => consumer.is("Transpose") && undoes(permOf(graph, consumer), perm));
    gain += undone.length;
    // Another Transpose merges with the one that is put here.
    if (graph.isOutput(output) || leaving.some((consumer) => !consumer.is("Transpose"))) gain -= 1;
  }
  return gain;
}

function undoes(outer: readonly number[] | null, inner: readonly number[]): boolean {
  return outer !== null && outer.every((axis, index) => inner[axis] === index);
}

function apply(graph: Graph, { perm, entries, nodes }: Region): void {
  const inside = new Set(nodes);
  for (const node of nodes) moveNode(graph, node, perm, (value) => insideOf(graph, value, entries, inside));
  for (const node of nodes) {
    const output = node.outputs[0] ?? "";
    const type = graph.typeOf(output);
    const leaving = graph.consumersOf(output).filter((consumer) => !inside.has(consumer));
    const stays = leaving.length > 0 || graph.isOutput(output);
    const inner = stays ? graph.freshName("moved") : output;
    if (type !== null) graph.types.set(inner, { elemType: type.elemType, shape: turnBack(type.shape, perm) });
    if (!stays) continue;
    graph.setOutput(node, 0, inner);
    for (const consumer of graph.consumersOf(output))
      if (inside.has(consumer))
        for (const [index, input] of consumer.inputs.entries()) if (input === output) graph.setInput(consumer, index, inner);
    graph.addNode({ opType: "Transpose", inputs: [inner], outputs: [output], attributes: { perm: intsAttribute(perm) } });
    for (const consumer of leaving) skipInverse(graph, consumer, perm, inner);
  }
}

/** The shape before a Transpose by `perm`. */
function turnBack(shape: readonly Dim[] | null, perm: readonly number[]): readonly Dim[] | null {
  return shape === null ? null : perm.map((_, axis) => shape[perm.indexOf(axis)] ?? null);
}

/** A Transpose that turns back what was just turned: its readers read `inner`. One that makes an output is left to other passes. */
function skipInverse(graph: Graph, consumer: Node, perm: readonly number[], inner: string): void {
  const result = consumer.outputs[0] ?? "";
  if (!consumer.is("Transpose") || !undoes(permOf(graph, consumer), perm) || graph.isOutput(result)) return;
  graph.replaceUses(result, inner);
  graph.removeNode(consumer);
}

/** What an operand is called before it is transposed; null where it is a constant. */
function insideOf(graph: Graph, value: string, entries: ReadonlySet<Node>, inside: ReadonlySet<Node>): string | null {
  const producer = graph.producerOf(value);
  if (producer === null) return null;
  if (entries.has(producer)) return producer.inputs[0] ?? "";
  return inside.has(producer) ? value : null;
}

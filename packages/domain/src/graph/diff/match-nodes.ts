import type { GraphNode, GraphView } from "@flotilla/contracts";
import { dataInputs, type GraphSide, rootValue } from "./graph-side.ts";

/** What an optimiser puts in the place of an operator. */
const SUCCESSORS: Readonly<Record<string, readonly string[]>> = {
  Conv: ["QLinearConv", "ConvInteger"],
  MatMul: ["Gemm", "MatMulInteger", "QLinearMatMul", "MatMulNBits"],
  Gemm: ["MatMulInteger", "QLinearMatMul", "MatMul"],
  LSTM: ["DynamicQuantizeLSTM"],
  // On the integers themselves a Relu is a Clip at their zero point.
  Relu: ["Clip"],
};

/** Variant node by source node. */
export type NodePairs = Map<number, number>;

interface Matching {
  readonly source: GraphSide;
  readonly variant: GraphSide;
  readonly pairs: NodePairs;
  readonly taken: Set<number>;
  /** Variant value by source value, both in front of their quantisation. */
  readonly values: Map<number, number>;
}

/**
 * Finds the nodes of a variant that nodes of its source became: by name, which optimisers keep; by the name of the output, where nodes have
 * none; and by structure, from the inputs down: the same operator that reads what corresponds. A node that disappeared passes on what it read,
 * so that what stands behind it is found.
 */
export function matchNodes(source: GraphSide, variant: GraphSide): NodePairs {
  const matching: Matching = { source, variant, pairs: new Map(), taken: new Set(), values: new Map() };
  pairBy(matching, (node) => node.name, mayFollow);
  pairBy(matching, outputName, (from, to) => from.op === to.op && from.domain === to.domain);
  pairInputs(matching);
  for (const node of source.nodes) follow(matching, node);
  return matching.pairs;
}

const outputName = (node: GraphNode, view: GraphView): string => {
  const [output = null] = node.outputs;
  return output === null ? "" : (view.values[output]?.name ?? "");
};

function mayFollow(from: GraphNode, to: GraphNode): boolean {
  return from.op === to.op || SUCCESSORS[from.op]?.includes(to.op) === true || to.op === `QLinear${from.op}`;
}

/** Pairs the nodes that have a key for themselves on both sides. */
function pairBy(
  matching: Matching,
  key: (node: GraphNode, view: GraphView) => string,
  fits: (from: GraphNode, to: GraphNode) => boolean,
): void {
  const { source, variant, pairs, taken } = matching;
  const index = (side: GraphSide, isFree: (node: number) => boolean): Map<string, number | null> => {
    const byKey = new Map<string, number | null>();
    for (const node of side.nodes) {
      const facts = side.view.nodes[node];
      const name = facts === undefined || !isFree(node) ? "" : key(facts, side.view);
      if (name !== "") byKey.set(name, byKey.has(name) ? null : node);
    }
    return byKey;
  };
  const there = index(variant, (node) => !taken.has(node));
  for (const [name, node] of index(source, (each) => !pairs.has(each))) {
    const other = there.get(name) ?? null;
    const [from, to] = [source.view.nodes[node ?? -1], variant.view.nodes[other ?? -1]];
    if (node === null || other === null || from === undefined || to === undefined || !fits(from, to)) continue;
    pairs.set(node, other);
    taken.add(other);
  }
}

/** The inputs of a model keep their names; where one does not, its place counts. */
function pairInputs({ source, variant, values }: Matching): void {
  const there = variant.view.scopes[0]?.inputs ?? [];
  for (const [place, value] of (source.view.scopes[0]?.inputs ?? []).entries()) {
    const name = source.view.values[value]?.name;
    const other = there.find((candidate) => variant.view.values[candidate]?.name === name) ?? there[place];
    if (other !== undefined) values.set(value, other);
  }
}

/** Takes the next node of the source, all of whose inputs have been followed. */
function follow(matching: Matching, node: number): void {
  const { source, variant, pairs, taken, values } = matching;
  const facts = source.view.nodes[node];
  if (facts === undefined) return;
  const reads = dataInputs(source.view, facts);
  const other = pairs.get(node) ?? findAlike(matching, facts, reads);
  if (other !== null) {
    pairs.set(node, other);
    taken.add(other);
    for (const [place, output] of facts.outputs.entries()) {
      const counterpart = resultOf(variant, other, place);
      if (output !== null && counterpart !== null) values.set(output, counterpart);
    }
    return;
  }
  const [first] = reads;
  const [output = null] = facts.outputs;
  const passed = first === undefined ? undefined : values.get(first.root);
  if (output !== null && passed !== undefined && reads.every(({ root }) => root === first?.root)) values.set(output, passed);
}

/** An integer product is a float result only behind the Cast and the Mul that give it its scale. */
function resultOf(side: GraphSide, node: number, place: number): number | null {
  let facts = side.view.nodes[node];
  const output = facts?.outputs[place] ?? null;
  if (facts === undefined || output === null || !["MatMulInteger", "ConvInteger"].includes(facts.op)) return output;
  let result = output;
  for (const op of ["Cast", "Mul"]) {
    const readers = side.readers.get(result) ?? [];
    facts = side.view.nodes[readers[0]?.node ?? -1];
    const next = facts?.outputs[0] ?? null;
    if (readers.length !== 1 || facts?.op !== op || next === null) return output;
    result = next;
  }
  return result;
}

function findAlike(matching: Matching, facts: GraphNode, reads: readonly { root: number; place: number }[]): number | null {
  const { variant, taken, values } = matching;
  const [first] = reads;
  const counterpart = first === undefined ? undefined : values.get(first.root);
  if (first === undefined || counterpart === undefined) return null;
  for (const { node, place } of readersThroughCasts(variant, counterpart)) {
    const candidate = variant.view.nodes[node];
    if (candidate === undefined || taken.has(node) || place !== first.place || candidate.op !== facts.op) continue;
    const fits = reads.every(({ root, place: at }) => {
      const wanted = values.get(root);
      const value = candidate.inputs[at] ?? null;
      if (wanted === undefined) return true;
      if (value === null) return false;
      const found = rootValue(variant.view, value);
      // What was computed may be a constant now.
      return variant.view.values[found]?.kind === "constant" || behindCasts(variant, found) === behindCasts(variant, wanted);
    });
    if (fits) return node;
  }
  return null;
}

/** Converting to half precision puts Casts between nodes, which are nobody's counterpart. */
function* readersThroughCasts(side: GraphSide, value: number): Generator<{ node: number; place: number }> {
  for (const reader of side.readers.get(value) ?? []) {
    yield reader;
    const node = side.view.nodes[reader.node];
    const [output = null] = node?.outputs ?? [];
    if (node?.op === "Cast" && output !== null) yield* side.readers.get(output) ?? [];
  }
}

function behindCasts({ view }: GraphSide, value: number): number {
  const producer = view.values[value]?.producer ?? null;
  const node = producer === null ? undefined : view.nodes[producer];
  const [input = null] = node?.op === "Cast" ? node.inputs : [];
  return input === null ? value : rootValue(view, input);
}

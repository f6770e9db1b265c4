import type { GraphNode } from "@flotilla/contracts";
import { dataInputs, type GraphSide } from "./graph-side.ts";
import type { NodePairs } from "./match-nodes.ts";

/** What an operator with weights can take in: a factor and a summand per channel, and limits that a quantised output keeps by saturating. */
const FOLDABLE = new Set(["BatchNormalization", "Mul", "Add", "Sub", "Div", "Relu", "Clip", "Pad"]);
const ABSORBING = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Mul"]);

/**
 * The source node, still there in the variant, that took in what a vanished one did; null where it just went. The one in front of it is asked
 * first, then the one behind it, each through others that vanished too.
 */
export function findAbsorber(source: GraphSide, pairs: NodePairs, node: number): number | null {
  const facts = source.view.nodes[node];
  if (facts === undefined || !FOLDABLE.has(facts.op)) return null;
  return walkUp(source, pairs, facts) ?? walkDown(source, pairs, facts);
}

function walkUp(source: GraphSide, pairs: NodePairs, from: GraphNode): number | null {
  let facts: GraphNode | undefined = from;
  // Bounded: a graph that names itself as its own input must not hang the page.
  for (let step = 0; step < source.nodes.length && facts !== undefined; step += 1) {
    const [input, second] = dataInputs(source.view, facts);
    const producer: number | null = input === undefined || second !== undefined ? null : (source.view.values[input.root]?.producer ?? null);
    if (producer === null) return null;
    facts = source.view.nodes[producer];
    if (pairs.has(producer)) return facts !== undefined && ABSORBING.has(facts.op) ? producer : null;
    if (facts === undefined || !FOLDABLE.has(facts.op)) return null;
  }
  return null;
}

function walkDown(source: GraphSide, pairs: NodePairs, from: GraphNode): number | null {
  let facts: GraphNode | undefined = from;
  for (let step = 0; step < source.nodes.length && facts !== undefined; step += 1) {
    const [output = null] = facts.outputs;
    const readers: readonly { node: number }[] = output === null ? [] : (source.readers.get(output) ?? []);
    const [reader] = readers;
    if (reader === undefined || readers.length > 1) return null;
    facts = source.view.nodes[reader.node];
    if (pairs.has(reader.node)) return facts !== undefined && ABSORBING.has(facts.op) ? reader.node : null;
    if (facts === undefined || !FOLDABLE.has(facts.op)) return null;
  }
  return null;
}

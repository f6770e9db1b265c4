import type { DescribedGraph } from "./describe-graph.ts";
import { isOperator } from "./is-operator.ts";
import { nodePrecision } from "./node-precision.ts";
import { readQuant } from "./read-quant.ts";
import type { NodeFacts, Readers } from "./types.ts";

/**
 * Recognises what only changes the numbers in which a value is written: QuantizeLinear, DequantizeLinear, and the Cast and Mul by which runtimes unpack
 * a stored weight when they load a model. What comes out of such a node is the value in front of it: `source` and `quant` of the value say so,
 * and `foldedInto` of the node says with which other it is shown. Then it works out in what each node calculates. Changes `graph`.
 */
export function traceQuantisation(graph: DescribedGraph): void {
  const readers = readersOf(graph);
  const outputs = new Set(graph.scopes.flatMap((scope) => scope.outputs));
  const hidden = new Set<number>();
  for (const [index, node] of graph.nodes.entries()) {
    const carried = carriedInput(graph, hidden, outputs, node);
    const output = node.outputs[0] ?? null;
    const value = output === null ? undefined : graph.values[output];
    if (carried === null || value === undefined) continue;
    hidden.add(index);
    value.source = graph.values[carried]?.source ?? carried;
    const quant = readQuant(graph, node, carried);
    if (quant !== null) value.quant = quant;
  }
  // From the end: what stands in front of a folded node goes with the same one.
  for (const index of [...hidden].reverse()) attach(graph, readers, hidden, index);
  for (const node of graph.nodes) node.precision = nodePrecision(graph, readers, outputs, node);
}

function readersOf(graph: DescribedGraph): Readers {
  const readers = new Map<number, number[]>();
  for (const [index, node] of graph.nodes.entries()) {
    for (const value of new Set([...node.inputs, ...node.captures])) {
      if (value === null) continue;
      const known = readers.get(value);
      if (known === undefined) readers.set(value, [index]);
      else known.push(index);
    }
  }
  return readers;
}

const STORED_TYPES: ReadonlySet<string> = new Set(["int8", "uint8", "float16", "bfloat16"]);

/** The input whose value a node only writes in other numbers; null for a node that does more. */
function carriedInput(graph: DescribedGraph, hidden: ReadonlySet<number>, outputs: ReadonlySet<number>, node: NodeFacts): number | null {
  const [first = null, second = null] = node.inputs;
  if (first === null) return null;
  if (isOperator(node, "QuantizeLinear", "DequantizeLinear")) return first;
  if (node.outputs.some((output) => output !== null && outputs.has(output))) return null;
  const value = graph.values[first];
  if (isOperator(node, "Cast")) return value?.kind === "constant" && STORED_TYPES.has(value.type) ? first : null;
  const isUnpacked = (input: number): boolean => {
    const producer = graph.values[input]?.producer ?? null;
    return producer !== null && hidden.has(producer) && isOperator(graph.nodes[producer], "Cast");
  };
  // Mul(Cast(weight), scales), either way round.
  if (!isOperator(node, "Mul") || second === null) return null;
  if (isUnpacked(first) && graph.values[second]?.kind === "constant") return first;
  return isUnpacked(second) && value?.kind === "constant" ? second : null;
}

/** The node that a folded one is shown with: the first that reads what comes out of it, else the one that made what goes in. */
function attach(graph: DescribedGraph, readers: Readers, hidden: ReadonlySet<number>, index: number): void {
  const node = graph.nodes[index];
  const output = node?.outputs[0] ?? null;
  if (node === undefined || output === null) return;
  const reader = (readers.get(output) ?? [])[0];
  const behind = reader !== undefined && hidden.has(reader) ? graph.nodes[reader]?.foldedInto : reader;
  const source = graph.values[output]?.source ?? output;
  const owner = behind ?? graph.values[source]?.producer ?? undefined;
  if (owner !== undefined) node.foldedInto = owner;
  else showAgain(graph, output);
}

/** With neither a reader nor a maker there is no node to show it with: it stays one by itself. */
function showAgain(graph: DescribedGraph, output: number): void {
  const value = graph.values[output];
  if (value === undefined) return;
  delete value.source;
  delete value.quant;
}

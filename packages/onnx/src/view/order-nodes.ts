import type { GraphFacts } from "./types.ts";

/** Read so often, from places so far apart, that it belongs to no part of the graph: an attention mask, a sequence's length. */
const GLOBAL_READERS = 3;
const GLOBAL_SPAN = 1 / 3;

/**
 * The nodes of a scope, each behind what it reads, so that what belongs together stands together: depth first from the outputs,
 * a node right behind the last of its inputs. The file's own order interleaves branches as its exporter pleased. What is read all over the graph
 * comes first: in the middle of the first part that reads it, it would make that part unlike the others. `wanted` are the nodes in question,
 * `readsOf` the values that one reads.
 */
export function orderNodes(
  graph: GraphFacts,
  wanted: readonly number[],
  readsOf: (node: number) => readonly number[],
  outputs: readonly number[],
): number[] {
  const makers = outputs.flatMap((value) => graph.values[value]?.producer ?? []);
  const order = walk(graph, wanted, readsOf, [...makers, ...wanted]);
  const globals = readEverywhere(graph, order, readsOf);
  return globals.length === 0 ? order : walk(graph, wanted, readsOf, [...globals, ...makers, ...wanted]);
}

function walk(
  graph: GraphFacts,
  wanted: readonly number[],
  readsOf: (node: number) => readonly number[],
  starts: readonly number[],
): number[] {
  const open = new Set(wanted);
  const order: number[] = [];
  for (const start of starts) {
    // Depth is the length of the longest path: a stack of our own, since a model may have ten thousand layers.
    const stack = open.delete(start) ? [{ node: start, reads: readsOf(start), next: 0 }] : [];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const value = top.reads[top.next];
      if (value === undefined) {
        order.push(top.node);
        stack.pop();
        continue;
      }
      top.next += 1;
      const producer = graph.values[value]?.producer ?? null;
      if (producer !== null && open.delete(producer)) stack.push({ node: producer, reads: readsOf(producer), next: 0 });
    }
  }
  return order;
}

function readEverywhere(graph: GraphFacts, order: readonly number[], readsOf: (node: number) => readonly number[]): number[] {
  const readers = new Map<number, { count: number; first: number; last: number }>();
  for (const [position, node] of order.entries()) {
    for (const value of readsOf(node)) {
      const producer = graph.values[value]?.producer ?? null;
      if (producer === null) continue;
      const known = readers.get(producer) ?? { count: 0, first: position, last: position };
      readers.set(producer, { count: known.count + 1, first: known.first, last: position });
    }
  }
  const isGlobal = ({ count, first, last }: { count: number; first: number; last: number }): boolean =>
    count >= GLOBAL_READERS && last - first > order.length * GLOBAL_SPAN;
  return order.filter((node) => {
    const found = readers.get(node);
    return found !== undefined && isGlobal(found);
  });
}

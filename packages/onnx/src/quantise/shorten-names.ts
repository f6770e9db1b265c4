import type { Graph } from "../graph/graph.ts";

/**
 * Gives every inner value and constant the shortest free name. Names of tensors are a third of a small quantised file, and nothing
 * refers to them from outside; inputs, outputs and node names (by which people exclude layers) stay.
 */
export function shortenNames(graph: Graph): void {
  const fixed = new Set([...graph.inputs, ...graph.outputs, ...graph.opaque]);
  const names = [...graph.constants.keys(), ...graph.nodes.flatMap((node) => node.outputs)].filter(
    (name) => name !== "" && !fixed.has(name),
  );
  // Two rounds: a short name may be taken by a value that is still to be renamed.
  const temporary = names.map((name) => {
    const free = graph.freshName("\u0001");
    graph.renameValue(name, free);
    return free;
  });
  let next = 0;
  for (const name of temporary) {
    let short = next.toString(36);
    while (fixed.has(short) || mentioned(graph, short)) {
      next += 1;
      short = next.toString(36);
    }
    graph.renameValue(name, short);
    next += 1;
  }
}

/** A subgraph may define the same name; it would then hide this one. */
function mentioned(graph: Graph, name: string): boolean {
  return graph.defines(name) || graph.nodes.some((node) => node.subgraphs().some((subgraph) => mentioned(subgraph, name)));
}

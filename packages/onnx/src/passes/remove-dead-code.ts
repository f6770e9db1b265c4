import type { Pass } from "./pass.ts";

/**
 * Before:     nodes and initialisers that nothing reads
 * After:      they are gone
 * Conditions: no output of the node is read or is an output of the graph; an initialiser that is a graph input as well stays, callers may set it
 */
export const removeDeadCode: Pass = {
  id: "remove-dead-code",
  run: (graph) => {
    let changed = false;
    for (const node of [...graph.nodes].reverse()) {
      if (node.outputs.some((output) => output !== "" && (graph.consumerCount(output) > 0 || graph.isOutput(output)))) continue;
      graph.removeNode(node);
      changed = true;
    }
    for (const name of [...graph.constants.keys()]) {
      if (graph.consumerCount(name) > 0 || graph.isOutput(name) || graph.inputs.includes(name)) continue;
      graph.constants.delete(name);
      changed = true;
    }
    return { changed, notes: [] };
  },
};

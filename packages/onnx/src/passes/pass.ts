import type { Graph } from "../graph/graph.ts";
import type { Dim } from "../graph/types.ts";

/** What a pass is told besides the graph. */
export interface PassContext {
  /** The version of the standard operators. */
  readonly opset: number;
  /** Known entries of small integer values, from shape inference. */
  readonly entries: ReadonlyMap<string, readonly Dim[]>;
}

export interface PassResult {
  readonly changed: boolean;
  /** Sentences worth telling the person who optimises. */
  readonly notes: readonly string[];
}

/** A rewriting of one graph. The manager recurses into subgraphs, repeats, sorts and checks. */
export interface Pass {
  readonly id: string;
  readonly run: (graph: Graph, context: PassContext) => PassResult;
}

/** Runs `rewrite` on each node that is still in the graph; true from any of them means that the graph changed. */
export function rewriteNodes(graph: Graph, rewrite: (node: Graph["nodes"][number]) => boolean): PassResult {
  let changed = false;
  for (const node of graph.nodes) if (graph.has(node) && rewrite(node)) changed = true;
  return { changed, notes: [] };
}

import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Exclusions } from "./options.ts";
import { refuseWeights } from "./weighted-layer.ts";

/** The Conv, Gemm, MatMul and further `operators` whose weights may become integers, without the excluded ones. */
export function findLayers(graph: Graph, operators: readonly string[], exclusions: Exclusions): Node[] {
  const names = new Set(exclusions.exclude);
  const excluded = new Set(exclusions.excludeOperators);
  return graph.nodes.filter(
    (node) => node.is(...operators) && !names.has(node.name) && !excluded.has(node.opType) && refuseWeights(graph, node) === null,
  );
}

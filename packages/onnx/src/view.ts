/** A graph to look at: what it holds, repeated blocks folded. */
export type { GraphFacts, Outline, OutlineGroup, OutlineItem } from "./view/types.ts";
export { type GraphSketch, viewGraph } from "./view/view-graph.ts";

import type { OnnxModel } from "../graph/model.ts";
import { inferModel } from "../infer/infer-model.ts";
import { buildOutline } from "./build-outline.ts";
import { describeGraph } from "./describe-graph.ts";
import { traceQuantisation } from "./trace-quantisation.ts";
import type { GraphFacts, Outline } from "./types.ts";

/** A model's graph to look at, less the positions. */
export interface GraphSketch extends GraphFacts {
  compact: Outline;
  /** null where no quantisation is folded away: it would be the same picture. */
  full: Outline | null;
}

/** Describes a model's graph for people: its nodes, values and costs, quantisation as a property of values, repeated blocks folded. Infers types in `model`. */
export function viewGraph(model: OnnxModel): GraphSketch {
  inferModel(model);
  const graph = describeGraph(model);
  traceQuantisation(graph);
  const { nodes, values, scopes } = graph;
  const quantised = nodes.some((node) => node.foldedInto !== undefined);
  return { nodes, values, scopes, compact: buildOutline(graph, "compact"), full: quantised ? buildOutline(graph, "full") : null };
}

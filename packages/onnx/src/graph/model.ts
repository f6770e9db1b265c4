import type { ModelProto } from "../proto/gen/onnx_pb.js";
import type { Graph } from "./graph.ts";

/** A model in memory. `proto` keeps what the graph does not model (metadata, functions, training info) and is written back. */
export interface OnnxModel {
  irVersion: number;
  /** Operator-set version per domain; "" is ai.onnx. */
  readonly opsets: Map<string, number>;
  readonly graph: Graph;
  readonly proto: ModelProto;
}

/** The version of the standard operators. */
export function opsetOf(model: OnnxModel): number {
  return model.opsets.get("") ?? 1;
}

/** The graph and every graph inside it, outermost first. */
export function allGraphs(graph: Graph): Graph[] {
  return [graph, ...graph.nodes.flatMap((node) => node.subgraphs().flatMap(allGraphs))];
}

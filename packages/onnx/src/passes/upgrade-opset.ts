import { OnnxError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { type OnnxModel, opsetOf } from "../graph/model.ts";
import { inferModel } from "../infer/infer-model.ts";
import { inlineFunctions } from "./inline-functions.ts";
import { OPSET_STEPS, type OpsetStep } from "./opset-steps.ts";

const LOWEST = 6;
const HIGHEST = 21;

/**
 * Before:     a model of an older standard operator set
 * After:      the same model of operator set `target` (or newer, if it was); attributes that became inputs are constants
 * Conditions: opset 6 to 21; what newer sets cannot say (Scan of opset 8, non-spatial BatchNormalization…) is refused
 * @returns what was done, as notes
 * @throws OnnxError UNSUPPORTED_OPSET; `model` may then be half upgraded
 */
export function upgradeOpset(model: OnnxModel, target: number): string[] {
  const from = opsetOf(model);
  if (from >= target) return [];
  if (from < LOWEST || target > HIGHEST) {
    throw new OnnxError(
      "UNSUPPORTED_OPSET",
      `The model uses operator set ${from}; this recipe needs ${target}, and upgrading is possible from ${LOWEST} to ${HIGHEST}. Export it again with opset ${Math.max(target, 17)}.`,
    );
  }
  const notes = inlineFunctions(model);
  if (model.proto.functions.length > 0)
    throw new OnnxError(
      "UNSUPPORTED_OPSET",
      "The model has functions of its own for another operator set than its graph. Export it again without functions.",
    );
  inferModel(model);
  for (const step of OPSET_STEPS) if (step.since > from && step.since <= target) upgradeGraph(model.graph, step);
  sortAll(model.graph);
  model.opsets.set("", target);
  // An operator set needs the IR version that it was released with, or a newer one (onnx/docs/Versioning.md).
  model.irVersion = Math.max(model.irVersion, target >= 21 ? 10 : target >= 19 ? 9 : target >= 15 ? 8 : 7);
  return [...notes, `The operator set was raised from ${from} to ${target}.`];
}

function upgradeGraph(graph: Graph, step: OpsetStep): void {
  for (const node of graph.nodes) {
    for (const subgraph of node.subgraphs()) upgradeGraph(subgraph, step);
    if (node.is(...step.operators)) step.upgrade(graph, node);
  }
}

/** A step may put nodes in front of the one that it rewrites. */
function sortAll(graph: Graph): void {
  graph.sortTopologically();
  for (const node of graph.nodes) for (const subgraph of node.subgraphs()) sortAll(subgraph);
}

import { OnnxError } from "../errors.ts";
import { checkModel } from "../graph/check-model.ts";
import type { Graph } from "../graph/graph.ts";
import { type OnnxModel, opsetOf } from "../graph/model.ts";
import { inferModel } from "../infer/infer-model.ts";
import type { Pass, PassContext } from "./pass.ts";

export interface RunOptions {
  /** Check the whole model and the graph's indexes after each pass that changed it; a broken one is blamed by its id. */
  readonly check?: boolean;
  readonly maxRounds?: number;
}

export interface RunReport {
  /** How often each pass changed something. */
  readonly fired: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}

/**
 * Runs the passes in order, again and again until none changes anything, on the graph and on every graph inside it. Shapes are
 * inferred before each round. Changes `model`.
 * @throws OnnxError INTERNAL naming the pass that broke the model
 */
export function runPasses(model: OnnxModel, passes: readonly Pass[], options: RunOptions = {}): RunReport {
  const fired = new Map<string, number>();
  const notes: string[] = [];
  const maxRounds = options.maxRounds ?? 32;
  for (let round = 0; round < maxRounds; round += 1) {
    const context: PassContext = { opset: opsetOf(model), entries: inferModel(model).entries };
    let changed = false;
    for (const pass of passes) {
      if (!runOnGraph(pass, model.graph, context, notes)) continue;
      changed = true;
      fired.set(pass.id, (fired.get(pass.id) ?? 0) + 1);
      blame(pass, () => finish(model, options.check ?? false));
    }
    if (!changed) return { fired, notes };
  }
  notes.push(`The clean-up stopped after ${maxRounds} rounds; the model is right but could be simplified further.`);
  return { fired, notes };
}

/** Innermost graphs first, so that what they no longer read is dead around them in the same round. */
function runOnGraph(pass: Pass, graph: Graph, context: PassContext, notes: string[]): boolean {
  let changed = false;
  for (const node of graph.nodes) {
    let touched = false;
    for (const subgraph of node.subgraphs()) touched = runOnGraph(pass, subgraph, context, notes) || touched;
    if (touched) graph.refreshCaptures(node);
    changed ||= touched;
  }
  const result = blame(pass, () => pass.run(graph, context));
  notes.push(...result.notes);
  return changed || result.changed;
}

function finish(model: OnnxModel, check: boolean): void {
  sortAll(model.graph);
  if (!check) return;
  model.graph.checkIndexes();
  checkModel(model);
}

function sortAll(graph: Graph): void {
  graph.sortTopologically();
  for (const node of graph.nodes) for (const subgraph of node.subgraphs()) sortAll(subgraph);
}

function blame<T>(pass: Pass, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OnnxError(
      "INTERNAL",
      `The pass ${pass.id} broke the model: ${reason} This is a fault of the optimiser; leave the pass out.`,
      { cause },
    );
  }
}

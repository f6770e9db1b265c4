import type { Graph } from "../graph/graph.ts";
import { allGraphs, type OnnxModel, opsetOf } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Dim, TensorValueType } from "../graph/types.ts";
import { constantEntries, type InferContext, type InferRule } from "./context.ts";
import { inferSubgraphs } from "./control-flow.ts";
import { mergeTypes } from "./merge-types.ts";
import { convolutionRules } from "./ops/convolution.ts";
import { detectionRules } from "./ops/detection.ts";
import { einsumRules } from "./ops/einsum.ts";
import { elementwiseRules } from "./ops/elementwise.ts";
import { generationRules } from "./ops/generation.ts";
import { indexingRules } from "./ops/indexing.ts";
import { linearRules } from "./ops/linear.ts";
import { movementRules } from "./ops/movement.ts";
import { normalisationRules } from "./ops/normalisation.ts";
import { quantisationRules } from "./ops/quantisation.ts";
import { reductionRules } from "./ops/reduction.ts";

const RULES: ReadonlyMap<string, InferRule> = new Map(
  Object.entries({
    ...elementwiseRules,
    ...convolutionRules,
    ...linearRules,
    ...einsumRules,
    ...normalisationRules,
    ...movementRules,
    ...indexingRules,
    ...detectionRules,
    ...generationRules,
    ...reductionRules,
    ...quantisationRules,
  }),
);

export interface Inference {
  /** The entries of small integer values, as far as they are known: what shapes are computed from. */
  readonly entries: ReadonlyMap<string, readonly Dim[]>;
  /** Operators that had no rule, once each. */
  readonly unknownOperators: readonly string[];
}

/**
 * Works out the type and shape of every value and stores them in `graph.types`. What a file declares is kept where nothing better
 * is found. An operator without a rule leaves its outputs unknown; it never fails.
 */
export function inferModel(model: OnnxModel): Inference {
  const state = { entries: new Map<string, readonly Dim[]>(), unknown: new Set<string>(), ambiguous: repeatedNames(model.graph) };
  inferGraph(model.graph, opsetOf(model), state);
  return { entries: state.entries, unknownOperators: [...state.unknown] };
}

interface State {
  readonly entries: Map<string, readonly Dim[]>;
  /** Values of which the entries are not followed. */
  readonly ambiguous: ReadonlySet<string>;
  readonly unknown: Set<string>;
}

/** Two branches of an If may each call a value of their own the same. */
function repeatedNames(graph: Graph): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const inner of allGraphs(graph)) {
    for (const name of [...inner.inputs, ...inner.constants.keys(), ...inner.nodes.flatMap((node) => node.outputs)]) {
      if (seen.has(name)) repeated.add(name);
      seen.add(name);
    }
  }
  return repeated;
}

/** Types of the outputs of one node that was just added, from those of its inputs. `entries` is carried from node to node. */
export function inferNode(graph: Graph, node: Node, opset: number, entries: Map<string, readonly Dim[]>): void {
  visit(graph, node, opset, { entries, unknown: new Set(), ambiguous: new Set() });
}

function inferGraph(graph: Graph, opset: number, state: State): void {
  for (const node of graph.nodes) visit(graph, node, opset, state);
}

function visit(graph: Graph, node: Node, opset: number, state: State): void {
  const rule = node.domain === "" ? RULES.get(node.opType) : undefined;
  const bodies = node.subgraphs();
  if (rule === undefined && bodies.length === 0) state.unknown.add(node.domain === "" ? node.opType : `${node.domain}.${node.opType}`);
  const types =
    rule === undefined
      ? inferSubgraphs(node, graph, opset, (body) => inferGraph(body, opset, state))
      : apply(rule, node, graph, opset, state);
  for (const [index, output] of node.outputs.entries()) {
    const type = mergeTypes(types[index] ?? null, graph.types.get(output) ?? null);
    if (output !== "" && type !== null) graph.types.set(output, type);
  }
}

function apply(rule: InferRule, node: Node, graph: Graph, opset: number, state: State): readonly (TensorValueType | null)[] {
  const context: InferContext = {
    node,
    graph,
    opset,
    inputs: node.inputs.map((input) => (input === "" ? null : graph.typeOf(input))),
    constant: (index) => graph.constantOf(node.inputs[index] ?? ""),
    entries: (index) => {
      const name = node.inputs[index] ?? "";
      return state.entries.get(name) ?? constantEntries(graph.constantOf(name));
    },
    setEntries: (entries) => {
      const output = node.outputs[0] ?? "";
      if (entries !== null && entries.length <= 64 && !state.ambiguous.has(output)) state.entries.set(output, entries);
    },
  };
  return rule(context);
}

import type { Graph } from "../graph/graph.ts";
import { allGraphs, type OnnxModel, opsetOf } from "../graph/model.ts";
import type { Node } from "../graph/node.ts";
import type { Dim, TensorValueType } from "../graph/types.ts";
import { constantEntries, type InferContext, type InferRule } from "./context.ts";
import { convolutionRules } from "./ops/convolution.ts";
import { elementwiseRules } from "./ops/elementwise.ts";
import { generationRules } from "./ops/generation.ts";
import { linearRules } from "./ops/linear.ts";
import { movementRules } from "./ops/movement.ts";
import { quantisationRules } from "./ops/quantisation.ts";
import { reductionRules } from "./ops/reduction.ts";

const RULES: ReadonlyMap<string, InferRule> = new Map(
  Object.entries({
    ...elementwiseRules,
    ...convolutionRules,
    ...linearRules,
    ...movementRules,
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

function inferGraph(graph: Graph, opset: number, state: State): void {
  for (const node of graph.nodes) {
    for (const subgraph of node.subgraphs()) inferGraph(subgraph, opset, state);
    const rule = node.domain === "" ? RULES.get(node.opType) : undefined;
    if (rule === undefined && node.subgraphs().length === 0)
      state.unknown.add(node.domain === "" ? node.opType : `${node.domain}.${node.opType}`);
    const types = rule === undefined ? subgraphTypes(node) : apply(rule, node, graph, opset, state);
    for (const [index, output] of node.outputs.entries()) {
      const type = merge(types[index] ?? null, graph.types.get(output) ?? null);
      if (output !== "" && type !== null) graph.types.set(output, type);
    }
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

/** An If has the types of its branches where they agree; of a Loop or Scan only the element types are certain. */
function subgraphTypes(node: Node): readonly (TensorValueType | null)[] {
  const [first, second] = node.subgraphs();
  if (first === undefined) return [];
  const skipped = node.is("Loop") ? 1 : 0;
  return node.outputs.map((_, index) => {
    const type = first.typeOf(first.outputs[index + skipped] ?? "");
    if (type === null || !node.is("If") || second === undefined) return type === null ? null : { elemType: type.elemType, shape: null };
    return { elemType: type.elemType, shape: agreed(type.shape, second.typeOf(second.outputs[index] ?? "")?.shape ?? null) };
  });
}

function agreed(left: readonly Dim[] | null, right: readonly Dim[] | null): readonly Dim[] | null {
  if (left === null || right === null || left.length !== right.length) return null;
  return left.map((dim, axis) => (dim === right[axis] ? dim : null));
}

/** What was inferred, completed by what the file declares; an inferred size beats a declared symbol. */
function merge(inferred: TensorValueType | null, declared: TensorValueType | null): TensorValueType | null {
  if (inferred === null || declared === null) return inferred ?? declared;
  const elemType = inferred.elemType === 0 ? declared.elemType : inferred.elemType;
  const { shape } = inferred;
  if (shape === null || declared.shape === null || shape.length !== declared.shape.length)
    return { elemType, shape: shape ?? declared.shape };
  const declaredShape = declared.shape;
  return { elemType, shape: shape.map((dim, axis) => dim ?? declaredShape[axis] ?? null) };
}

import { DataType, type Graph } from "@flotilla/onnx";
import type { Emitter } from "../emitter.ts";
import { onnxType } from "../source/tensor-types.ts";
import type { OperatorView } from "../operator-view.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal, type Refusal } from "../../reasons.ts";

function refuseGraphs(view: OperatorView, indices: readonly number[]): Refusal | null {
  const missing = indices.find((index) => index <= 0 || index >= view.model.graphs.length);
  return missing === undefined ? null : refusal("MISSING_GRAPH", { graph: missing, count: view.model.graphs.length });
}

const asAttribute = (value: Graph): { readonly kind: "graph"; readonly value: Graph } => ({ kind: "graph", value });

function scalarCondition(e: Pick<Emitter, "b">, value: string): string {
  return e.b.rank(value) === 0 ? value : e.b.op("Reshape", [value, e.b.ints([])]);
}

/**
 * WHILE: a condition graph and a body graph on the same values. ONNX's Loop asks for the first condition from outside and for the next one from its
 * body, so the condition graph is written twice. Source: TFLite's kernels/while.cc
 */
const whileLoop: OperatorRule = {
  refuse: (view) => {
    const { condSubgraphIndex, bodySubgraphIndex } = view.options("WhileOptions");
    return refuseGraphs(view, [condSubgraphIndex, bodySubgraphIndex]);
  },
  convert: (e) => {
    const { condSubgraphIndex, bodySubgraphIndex } = e.options("WhileOptions");
    const state = e.operator.inputs.map((_, index) => e.stored(index));
    const [first = ""] = e.convertGraph(condSubgraphIndex, e.b, state);
    const inner = e.b.body();
    inner.graph.name = "body";
    inner.input(inner.graph.freshName("round"), DataType.INT64, []);
    inner.input(inner.graph.freshName("going"), DataType.BOOL, []);
    const tensors = e.model.graphs[bodySubgraphIndex];
    const inputs = state.map((value, index) => {
      const source = tensors?.tensors[tensors.inputs[index] ?? -1];
      const shape = source === undefined ? null : source.signature.map((dim) => (dim < 0 ? null : dim));
      return inner.input(inner.graph.freshName("state"), onnxType(source?.type ?? 0) ?? e.b.type(value).elemType, shape);
    });
    const outputs = e.convertGraph(bodySubgraphIndex, inner, inputs);
    const [going = ""] = e.convertGraph(condSubgraphIndex, inner, outputs);
    const results = [scalarCondition({ b: inner }, going), ...outputs];
    for (const value of results) inner.output(value, inner.graph.freshName("next"));
    inner.graph.sortTopologically();
    const values = e.b.nodeOf("Loop", ["", scalarCondition(e, first), ...state], state.length, { body: asAttribute(inner.graph) });
    for (const [index, value] of values.entries()) e.setStored(index, value);
  },
};

/** IF: a condition, then what both branches are given. Source: TFLite's kernels/if.cc */
const branch: OperatorRule = {
  refuse: (view) => {
    const { thenSubgraphIndex, elseSubgraphIndex } = view.options("IfOptions");
    return refuseGraphs(view, [thenSubgraphIndex, elseSubgraphIndex]);
  },
  convert: (e) => {
    const { thenSubgraphIndex, elseSubgraphIndex } = e.options("IfOptions");
    const given = e.operator.inputs.slice(1).map((_, index) => e.stored(index + 1));
    const body = (graph: number): Graph => {
      const inner = e.b.body();
      inner.graph.name = "branch";
      for (const value of e.convertGraph(graph, inner, given)) inner.output(value, inner.graph.freshName("result"));
      inner.graph.sortTopologically();
      return inner.graph;
    };
    const values = e.b.nodeOf("If", [scalarCondition(e, e.stored(0))], e.operator.outputs.length, {
      then_branch: asAttribute(body(thenSubgraphIndex)),
      else_branch: asAttribute(body(elseSubgraphIndex)),
    });
    for (const [index, value] of values.entries()) e.setStored(index, value);
  },
};

/** An operator that stands for another graph of the model, which is written in its place. */
function inlined(graphOf: (view: OperatorView) => number): OperatorRule {
  return {
    refuse: (view) => refuseGraphs(view, [graphOf(view)]),
    convert: (e) => {
      const given = e.operator.inputs.map((_, index) => e.stored(index));
      for (const [index, value] of e.convertGraph(graphOf(e), e.b, given).entries()) e.setStored(index, value);
    },
  };
}

/** CALL, and STABLEHLO_COMPOSITE, which names an operation of the framework and the graph that it is made of. */
export const controlFlowRules: Rules = {
  WHILE: whileLoop,
  IF: branch,
  CALL: inlined((view) => view.options("CallOptions").subgraph),
  STABLEHLO_COMPOSITE: inlined((view) => view.options("StableHLOCompositeOptions").decompositionSubgraphIndex),
};

import { TensorType } from "../../tflite-schema/gen/tflite.ts";
import { refusal, type Refusal } from "../../reasons.ts";
import { OperatorView } from "../operator-view.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import type { SourceGraph, SourceModel } from "../source/types.ts";

/** What VAR_HANDLE calls the variable that input 0 is the handle of; null where it comes from elsewhere. */
function nameOf(view: OperatorView): string | null {
  const handle = view.operator.inputs[0] ?? -1;
  const source = view.graph.operators.find(({ kind, outputs }) => kind === "VAR_HANDLE" && outputs[0] === handle);
  if (source === undefined) return null;
  const { container, sharedName } = new OperatorView(view.model, view.graph, source).options("VarHandleOptions");
  return `${container ?? ""}/${sharedName ?? ""}`;
}

function graphsRunOnce(model: SourceModel): readonly SourceGraph[] {
  return model.graphs.flatMap((graph) =>
    graph.operators.flatMap((operator) => {
      if (operator.kind !== "CALL_ONCE") return [];
      const { initSubgraphIndex } = new OperatorView(model, graph, operator).options("CallOnceOptions");
      return model.graphs[initSubgraphIndex] ?? [];
    }),
  );
}

/** What a graph that runs once puts into a variable. */
function initialValue(model: SourceModel, name: string | null): OperatorView | null {
  for (const graph of graphsRunOnce(model))
    for (const operator of graph.operators) {
      const view = new OperatorView(model, graph, operator);
      if (operator.kind === "ASSIGN_VARIABLE" && nameOf(view) === name) return view;
    }
  return null;
}

function refuseVariable(view: OperatorView): Refusal | null {
  const name = nameOf(view);
  if (name === null) return refusal("VARIABLE_INSIDE");
  if (graphsRunOnce(view.model).includes(view.graph)) return view.need(1).data === null ? refusal("FIRST_VALUE", { name }) : null;
  if (view.graph !== view.model.graphs[0]) return refusal("VARIABLE_INSIDE");
  return initialValue(view.model, name) === null ? refusal("FIRST_VALUE", { name }) : null;
}

const LIMITS = "Variables have their first values at the beginning of every run; what a run leaves in them is not kept.";
const carries = [TensorType.RESOURCE];

/** READ_VARIABLE: the value of the last ASSIGN_VARIABLE before it, else the one that CALL_ONCE's graph assigns. */
const read: OperatorRule = {
  limits: LIMITS,
  carries,
  refuse: refuseVariable,
  convert: (e) => {
    const name = nameOf(e) ?? "";
    const initial = initialValue(e.model, name)?.need(1);
    e.setStored(0, e.variables.get(name) ?? (initial === undefined ? "" : e.b.constant(e.tensor(initial), "variable")));
  },
};

const assign: OperatorRule = {
  limits: LIMITS,
  carries,
  refuse: refuseVariable,
  convert: (e) => void e.variables.set(nameOf(e) ?? "", e.stored(1)),
};

const nothing = (): void => undefined;

/** CALL_ONCE: a graph that gives variables their first values; it may do nothing else. */
const callOnce: OperatorRule = {
  refuse: (view) => {
    const { initSubgraphIndex } = view.options("CallOnceOptions");
    if (view.model.graphs[initSubgraphIndex] === undefined)
      return refusal("MISSING_GRAPH", { graph: initSubgraphIndex, count: view.model.graphs.length });
    const other = view.model.graphs[initSubgraphIndex].operators.find(({ kind }) => kind !== "VAR_HANDLE" && kind !== "ASSIGN_VARIABLE");
    return other === undefined ? null : refusal("RUN_ONCE", { operator: other.kind });
  },
  convert: nothing,
};

/**
 * Variables are handles (VAR_HANDLE) that READ_VARIABLE and ASSIGN_VARIABLE take. Operators stand in the order in which they run, so within one run each read has
 * one value. From run to run ONNX keeps nothing.
 * Source: TFLite's kernels/read_variable.cc, assign_variable.cc and call_once.cc
 */
export const variableRules: Rules = {
  CALL_ONCE: callOnce,
  VAR_HANDLE: { carries, convert: nothing },
  READ_VARIABLE: read,
  ASSIGN_VARIABLE: assign,
};

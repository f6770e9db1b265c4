import { FlotillaError } from "@flotilla/contracts/errors";
import type { Unsupported } from "../errors.ts";
import { OperatorView } from "./operator-view.ts";
import { TFLITE_OPERATORS } from "./registry.ts";
import { onnxType, tensorTypeName } from "./source/tensor-types.ts";
import type { SourceModel } from "./source/types.ts";

/** Everything in the model that cannot be converted, before a byte is. Empty where all of it can. */
export function findUnsupported(model: SourceModel): Unsupported[] {
  return model.graphs.flatMap((graph) =>
    graph.operators.flatMap((operator) => {
      const view = new OperatorView(model, graph, operator);
      const reason = refusal(view);
      return reason === null ? [] : [{ name: view.label, kind: operator.kind.replace(/^custom:/, ""), reason }];
    }),
  );
}

function refusal(view: OperatorView): string | null {
  const { kind, inputs, outputs } = view.operator;
  const rule = TFLITE_OPERATORS[kind];
  if (rule === undefined) return unknownOperator(kind);
  const typed = [...inputs, ...outputs]
    .map((index) => view.graph.tensors[index])
    .find((tensor) => tensor !== undefined && onnxType(tensor.type) === null);
  if (typed !== undefined) return `it works on ${tensorTypeName(typed.type)}, which has no counterpart.`;
  try {
    const reason = rule.refuse?.(view) ?? null;
    return reason === null ? null : `${reason}.`;
  } catch (error) {
    // An operator without the inputs that it needs: one more line of the list.
    if (error instanceof FlotillaError) return error.message;
    throw error;
  }
}

function unknownOperator(kind: string): string {
  if (kind.startsWith("custom:Flex")) return "it runs TensorFlow itself (a Flex operator). Convert the model without `SELECT_TF_OPS`.";
  if (kind.startsWith("custom:"))
    return "it is an operator that only its author's program knows. Export the model without it, and do its work outside.";
  return "it is not among the operators that are converted. Export the model without it, or ask for it.";
}

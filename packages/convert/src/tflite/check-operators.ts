import { FlotillaError } from "@flotilla/contracts/errors";
import { type Unsupported, unsupported } from "../errors.ts";
import { OperatorView } from "./operator-view.ts";
import { TFLITE_OPERATORS } from "./registry.ts";
import { onnxType, tensorTypeName } from "./source/tensor-types.ts";
import type { SourceModel } from "./source/types.ts";
import { refusal, type Refusal } from "../reasons.ts";

/** Everything in the model that cannot be converted, before a byte is. Empty where all of it can. */
export function findUnsupported(model: SourceModel): Unsupported[] {
  return model.graphs.flatMap((graph) =>
    graph.operators.flatMap((operator) => {
      const view = new OperatorView(model, graph, operator);
      const why = reasonAgainst(view);
      return why === null ? [] : [unsupported(view.label, operator.kind.replace(/^custom:/, ""), why)];
    }),
  );
}

function reasonAgainst(view: OperatorView): Refusal | null {
  const { kind, inputs, outputs } = view.operator;
  const rule = TFLITE_OPERATORS[kind];
  if (rule === undefined) return unknownOperator(kind);
  const typed = [...inputs, ...outputs]
    .map((index) => view.graph.tensors[index])
    .find((tensor) => tensor !== undefined && onnxType(tensor.type) === null);
  if (typed !== undefined) return refusal("OPERATOR_TYPE", { type: tensorTypeName(typed.type) });
  try {
    return rule.refuse?.(view) ?? null;
  } catch (error) {
    // An operator without the inputs that it needs: one more line of the list.
    if (error instanceof FlotillaError) return refusal("INCOMPLETE_OPERATOR", { sentence: error.message });
    throw error;
  }
}

function unknownOperator(kind: string): Refusal {
  if (kind.startsWith("custom:Flex")) return refusal("FLEX_OPERATOR");
  if (kind.startsWith("custom:")) return refusal("CUSTOM_OPERATOR");
  return refusal("UNKNOWN_OPERATOR");
}

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
    .find((tensor) => tensor !== undefined && onnxType(tensor.type) === null && rule.carries?.includes(tensor.type) !== true);
  if (typed !== undefined) return refusal("OPERATOR_TYPE", { type: tensorTypeName(typed.type) });
  try {
    return rule.refuse?.(view) ?? null;
  } catch (error) {
    // An operator without the inputs that it needs: one more line of the list.
    if (error instanceof FlotillaError) return refusal("INCOMPLETE_OPERATOR", { sentence: error.message });
    throw error;
  }
}

/** Why what is known and not converted is not. */
const REASONS: readonly (readonly [RegExp, Refusal])[] = [
  [/^custom:Flex/, refusal("FLEX_OPERATOR")],
  [/^custom:/, refusal("CUSTOM_OPERATOR")],
  [/^(RANDOM_|MULTINOMIAL|STABLEHLO_RNG)/, refusal("RANDOM_NUMBERS")],
  [/^HASHTABLE/, refusal("WORD_TABLE")],
  [/^STABLEHLO_/, refusal("STABLEHLO_OPERATOR")],
];

function unknownOperator(kind: string): Refusal {
  return REASONS.find(([pattern]) => pattern.test(kind))?.[1] ?? refusal("UNKNOWN_OPERATOR");
}

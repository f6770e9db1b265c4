import type { Emitter } from "./emitter.ts";
import type { Refusal } from "../reasons.ts";
import type { OperatorView } from "./operator-view.ts";

/** How one operator of TFLite becomes ONNX. */
export interface OperatorRule {
  /** What is not converted, or not exactly: a sentence for the documentation. */
  readonly limits?: string;
  /** Why this use of the operator cannot be converted, and what would help; null where it can. */
  readonly refuse?: (view: OperatorView) => Refusal | null;
  /** Types of tensors that have no counterpart in ONNX and that the rule takes all the same. Numbers of the schema's TensorType. */
  readonly carries?: readonly number[];
  readonly convert: (emitter: Emitter) => void;
}

export type Rules = Readonly<Record<string, OperatorRule>>;

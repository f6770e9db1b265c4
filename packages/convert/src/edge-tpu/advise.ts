import type { OperatorFacts } from "./operator-facts.ts";
import type { CpuReason, Limitation } from "./operator-rules.ts";

/** What would move an operator to the TPU: a pass of a recipe, or a change of the model itself. */
export type EdgeTpuAdvice =
  /** Static int8 for the TFLite kernels, with integer inputs and outputs. */
  | { readonly kind: "recipe"; readonly pass: "int8-static" }
  /** Fixed sizes, a batch of one. */
  | { readonly kind: "recipe"; readonly pass: "fix-shapes" }
  /** Train or export with another operator. */
  | { readonly kind: "replace"; readonly by: string }
  | { readonly kind: "change"; readonly what: Limitation | "constant-weights" | "fewer-axes" };

/** Operators that the compiler does not know, and ones that do a similar thing and that it knows. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  HARD_SWISH: "RELU6",
  LEAKY_RELU: "PRELU",
  ELU: "RELU",
  GELU: "RELU",
  DEPTH_TO_SPACE: "TRANSPOSE_CONV",
  PADV2: "PAD",
  MIRROR_PAD: "PAD",
  BATCH_MATMUL: "FULLY_CONNECTED",
  SPLIT_V: "SLICE",
  DIV: "MUL",
  SQRT: "RSQRT",
  GATHER: "SLICE",
  BROADCAST_TO: "ADD",
  TILE: "CONCATENATION",
  REDUCE_PROD: "MEAN",
  LOG_SOFTMAX: "SOFTMAX",
};

/** What would move an operator; null where nothing would, or where what stands in front of it has to move first. */
export function adviceFor(operator: OperatorFacts, reason: CpuReason): EdgeTpuAdvice | null {
  if (reason.code === "NOT_INTEGER" || reason.code === "FLOAT_INPUT") return { kind: "recipe", pass: "int8-static" };
  if (reason.code === "DYNAMIC_SHAPE") return { kind: "recipe", pass: "fix-shapes" };
  if (reason.code === "TOO_MANY_AXES")
    return isBatch(reason.shape) ? { kind: "recipe", pass: "fix-shapes" } : { kind: "change", what: "fewer-axes" };
  if (reason.code === "CALCULATED_PARAMETERS") return { kind: "change", what: "constant-weights" };
  if (reason.code === "LIMITATION") return { kind: "change", what: reason.limitation };
  return reason.code === "NOT_SUPPORTED" ? replacement(operator) : null;
}

/** An image batch of more than one. */
function isBatch(shape: readonly number[]): boolean {
  return shape.length === 4 && (shape[0] ?? 1) > 1;
}

function replacement({ kind, outputs }: OperatorFacts): EdgeTpuAdvice | null {
  if (kind === "DEQUANTIZE") return outputs.some(({ type }) => type === "FLOAT32") ? { kind: "recipe", pass: "int8-static" } : null;
  const by = REPLACEMENTS[kind];
  return by === undefined ? null : { kind: "replace", by };
}

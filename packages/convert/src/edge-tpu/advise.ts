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

/** Operators that only int8 kernels of the CPU, or float ones, know: quantising them does not help. */
export function adviceFor(operator: OperatorFacts, reason: CpuReason): EdgeTpuAdvice | null {
  switch (reason.code) {
    case "NOT_INTEGER":
    case "FLOAT_INPUT":
      return { kind: "recipe", pass: "int8-static" };
    case "DYNAMIC_SHAPE":
      return { kind: "recipe", pass: "fix-shapes" };
    case "TOO_MANY_AXES":
      return (reason.shape[0] ?? 1) > 1 && reason.shape.length === 4
        ? { kind: "recipe", pass: "fix-shapes" }
        : { kind: "change", what: "fewer-axes" };
    case "CALCULATED_PARAMETERS":
      return { kind: "change", what: "constant-weights" };
    case "LIMITATION":
      return { kind: "change", what: reason.limitation };
    case "NOT_SUPPORTED": {
      if (operator.kind === "DEQUANTIZE")
        return operator.outputs.some(({ type }) => type === "FLOAT32") ? { kind: "recipe", pass: "int8-static" } : null;
      const by = REPLACEMENTS[operator.kind];
      return by === undefined ? null : { kind: "replace", by };
    }
    case "BEHIND_CPU":
      return null;
  }
}

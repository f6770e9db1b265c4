import type { CpuReason, EdgeTpuAdvice } from "@flotilla/contracts/targets";
import type { OperatorFacts } from "./operator-facts.ts";
import { calculatesWeights } from "./operator-rules.ts";

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
  LOG_SOFTMAX: "SOFTMAX",
};

/** What would move an operator; null where nothing would, or where what stands in front of it has to move first. */
export function adviceFor(operator: OperatorFacts, reason: CpuReason): EdgeTpuAdvice | null {
  // Indices and truth values do not become 8-bit numbers.
  if (reason.code === "NOT_INTEGER") return /^FLOAT|^INT16$/u.test(reason.type) ? { kind: "recipe", pass: "int8-static" } : null;
  if (reason.code === "FLOAT_INPUT") return { kind: "recipe", pass: "int8-static" };
  if (reason.code === "DYNAMIC_SHAPE") return { kind: "recipe", pass: "bind-inputs" };
  if (reason.code === "TOO_MANY_AXES")
    return isBatch(reason.shape) ? { kind: "recipe", pass: "bind-inputs" } : { kind: "change", what: "fewer-axes" };
  // Sizes are calculated from an open batch; weights only by a model that means it.
  if (reason.code === "CALCULATED_PARAMETERS")
    return calculatesWeights(operator) ? { kind: "change", what: "constant-weights" } : { kind: "recipe", pass: "bind-inputs" };
  if (reason.code === "LIMITATION") return { kind: "change", what: reason.limitation };
  return reason.code === "NOT_SUPPORTED" ? replacement(operator) : null;
}

/** An image batch of more than one. */
function isBatch(shape: readonly number[]): boolean {
  return shape.length === 4 && (shape[0] ?? 1) > 1;
}

function replacement({ kind }: OperatorFacts): EdgeTpuAdvice | null {
  if (kind === "SHAPE") return { kind: "recipe", pass: "bind-inputs" };
  const by = REPLACEMENTS[kind];
  return by === undefined ? null : { kind: "replace", by };
}

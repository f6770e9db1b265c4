import type { Node } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { ReferenceOp } from "./op.ts";
import { arithmeticOps } from "./ops/arithmetic.ts";
import { castOps } from "./ops/cast.ts";
import { convolutionOps } from "./ops/convolution.ts";
import { convolutionTransposeOps } from "./ops/convolution-transpose.ts";
import { detectionOps } from "./ops/detection.ts";
import { einsumOps } from "./ops/einsum.ts";
import { elementwiseOps } from "./ops/elementwise.ts";
import { generationOps } from "./ops/generation.ts";
import { gridSampleOps } from "./ops/grid-sample.ts";
import { indexingOps } from "./ops/indexing.ts";
import { layoutOps } from "./ops/layout.ts";
import { linearOps } from "./ops/linear.ts";
import { logicOps } from "./ops/logic.ts";
import { movementOps } from "./ops/movement.ts";
import { normalisationOps } from "./ops/normalisation.ts";
import { poolingOps } from "./ops/pooling.ts";
import { quantisationOps } from "./ops/quantisation.ts";
import { recurrentOps } from "./ops/recurrent.ts";
import { reductionOps } from "./ops/reduction.ts";
import { resizeOps } from "./ops/resize.ts";
import { softmaxOps } from "./ops/softmax.ts";

/** The operators by family: what the tests report by. */
export const OPERATOR_FAMILIES: Readonly<Record<string, Readonly<Record<string, ReferenceOp>>>> = {
  arithmetic: arithmeticOps,
  cast: castOps,
  convolution: { ...convolutionOps, ...convolutionTransposeOps },
  detection: { ...detectionOps, ...gridSampleOps },
  elementwise: elementwiseOps,
  generation: generationOps,
  indexing: indexingOps,
  layout: layoutOps,
  linear: { ...linearOps, ...einsumOps },
  logic: logicOps,
  movement: movementOps,
  normalisation: normalisationOps,
  pooling: poolingOps,
  quantisation: quantisationOps,
  recurrent: recurrentOps,
  reduction: reductionOps,
  resize: resizeOps,
  softmax: softmaxOps,
};

const OPS: ReadonlyMap<string, ReferenceOp> = new Map(Object.values(OPERATOR_FAMILIES).flatMap((family) => Object.entries(family)));

/**
 * Computes one node. `inputs[i]` is null where an optional input is absent. Null for an operator that is not known, If, Loop and Scan
 * among them: those need the graph around, see `runGraph`.
 * @throws OnnxError TOO_LARGE, INVALID_GRAPH, UNSUPPORTED_OPERATOR (an element type without arithmetic)
 */
export function runNode(node: Node, inputs: readonly (Tensor | null)[], opset: number): readonly Tensor[] | null {
  const op = node.domain === "" ? OPS.get(node.opType) : undefined;
  return op === undefined ? null : op(inputs, node, opset);
}

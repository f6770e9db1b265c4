import type { Node } from "../graph/node.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { ReferenceOp } from "./op.ts";
import { elementwiseOps } from "./ops/elementwise.ts";
import { movementOps } from "./ops/movement.ts";

const OPS: ReadonlyMap<string, ReferenceOp> = new Map(Object.entries({ ...elementwiseOps, ...movementOps }));

/**
 * Computes one node. `inputs[i]` is null where an optional input is absent. Null for an operator that is not known.
 * @throws OnnxError TOO_LARGE, INVALID_GRAPH, UNSUPPORTED_OPERATOR (an element type without arithmetic)
 */
export function runNode(node: Node, inputs: readonly (Tensor | null)[], opset: number): readonly Tensor[] | null {
  const op = node.domain === "" ? OPS.get(node.opType) : undefined;
  return op === undefined ? null : op(inputs, node, opset);
}

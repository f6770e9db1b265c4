import { OnnxError } from "../../errors.ts";
import type { Node } from "../../graph/node.ts";
import { type Tensor, tensorFromNumbers } from "../../graph/tensor.ts";
import { broadcastShapes } from "../../infer/ops/elementwise.ts";
import { forEachIndex, guardSize, stridesOf, valuesOf } from "../op.ts";

/** The flat index into a tensor of `dims` for an index of the broadcast shape. */
export function broadcastIndex(dims: readonly number[], index: readonly number[], strides: readonly number[]): number {
  const skipped = index.length - dims.length;
  let flat = 0;
  for (let axis = 0; axis < dims.length; axis += 1) if (dims[axis] !== 1) flat += (index[axis + skipped] ?? 0) * (strides[axis] ?? 0);
  return flat;
}

/** The common shape. @throws OnnxError INVALID_GRAPH where there is none */
export function broadcastDims(left: readonly number[], right: readonly number[], node: Node): number[] {
  const dims = broadcastShapes(left, right).map(Number);
  const fits = [left, right].every((shape) => shape.every((dim, axis) => dim === 1 || dim === dims[dims.length - shape.length + axis]));
  if (!fits)
    throw new OnnxError(
      "INVALID_GRAPH",
      `The node ${node.describe()} has operands of ${left.join(" × ")} and ${right.join(" × ")}, which do not go together.`,
    );
  guardSize(dims, node);
  return dims;
}

/** Calls `visit` with the flat index into each operand, for every element of the broadcast shape; returns that shape. */
export function forEachPair(
  left: readonly number[],
  right: readonly number[],
  node: Node,
  visit: (left: number, right: number, flat: number) => void,
): number[] {
  const dims = broadcastDims(left, right, node);
  const [leftStrides, rightStrides] = [stridesOf(left), stridesOf(right)];
  forEachIndex(dims, (index, flat) => visit(broadcastIndex(left, index, leftStrides), broadcastIndex(right, index, rightStrides), flat));
  return dims;
}

/** Applies `operation` element by element to the broadcast operands, in doubles. */
export function combineNumbers(
  left: Tensor,
  right: Tensor,
  node: Node,
  type: number,
  operation: (left: number, right: number) => number,
): Tensor {
  const [a, b] = [valuesOf(left), valuesOf(right)];
  const values: number[] = [];
  const dims = forEachPair(left.dims, right.dims, node, (at, bt) => void values.push(operation(a[at] ?? 0, b[bt] ?? 0)));
  return tensorFromNumbers(type, dims, values);
}

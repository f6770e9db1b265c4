import { parseEinsum } from "../../infer/ops/einsum.ts";
import { forEachIndex, guardSize, need, type ReferenceOp, result, stridesOf, valuesOf } from "../op.ts";
import { elementCount } from "../../graph/tensor.ts";

/** Sums over every label that the output does not have; repeated labels of one operand walk its diagonal (numpy.einsum). */
const einsum: ReferenceOp = (inputs, node) => {
  const tensors = inputs.map((_, index) => need(inputs, index, node));
  const equation = parseEinsum(
    node.string("equation", ""),
    tensors.map((tensor) => tensor.dims.length),
  );
  const sizes = new Map<string, number>();
  for (const [operand, labels] of equation.inputs.entries())
    for (const [axis, label] of labels.entries()) {
      const size = tensors[operand]?.dims[axis] ?? 1;
      if (size !== 1 || !sizes.has(label)) sizes.set(label, size);
    }
  const summed = [...sizes.keys()].filter((label) => !equation.output.includes(label));
  const order = [...equation.output, ...summed];
  const dims = equation.output.map((label) => sizes.get(label) ?? 1);
  const output = new Float64Array(guardSize(dims, node));
  const all = order.map((label) => sizes.get(label) ?? 1);
  guardSize(all, node);
  const steps = equation.inputs.map((labels, operand) => labelStrides(labels, tensors[operand]?.dims ?? [], order));
  const values = tensors.map(valuesOf);
  const inner = elementCount(all.slice(dims.length));
  forEachIndex(all, (index, flat) => {
    let product = 1;
    for (const [operand, strides] of steps.entries()) {
      let at = 0;
      for (let axis = 0; axis < order.length; axis += 1) at += (index[axis] ?? 0) * (strides[axis] ?? 0);
      product *= values[operand]?.[at] ?? 0;
    }
    const target = Math.floor(flat / inner);
    output[target] = (output[target] ?? 0) + product;
  });
  return [result(need(inputs, 0, node).dataType, dims, output)];
};

/** How far one step along each label moves in an operand; an axis of size 1 is broadcast. */
function labelStrides(labels: readonly string[], dims: readonly number[], order: readonly string[]): number[] {
  const strides = stridesOf(dims);
  return order.map((label) =>
    labels.reduce((total, own, axis) => total + (own === label && dims[axis] !== 1 ? (strides[axis] ?? 0) : 0), 0),
  );
}

export const einsumOps: Readonly<Record<string, ReferenceOp>> = { Einsum: einsum };

import { OnnxError } from "../../errors.ts";
import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { forEachIndex, guardSize, need, type ReferenceOp, result, stridesOf, valuesOf } from "../op.ts";
import { broadcastDims, broadcastIndex } from "./broadcast.ts";
import { type Values, valuesIn } from "./convolution.ts";
import { perAxis, requantise, withoutZeroPoint } from "./quantisation.ts";
import { elementCount, type Tensor } from "../../graph/tensor.ts";

/** numpy.matmul. */
export function multiply(left: Values, right: Values, node: Node): Values {
  const [a, b] = [left.dims.length === 1 ? [1, ...left.dims] : left.dims, right.dims.length === 1 ? [...right.dims, 1] : right.dims];
  const [rows = 1, inner = 1] = a.slice(-2);
  const columns = b.at(-1) ?? 1;
  if (b.at(-2) !== inner)
    throw new OnnxError(
      "INVALID_GRAPH",
      `The node ${node.describe()} multiplies ${left.dims.join(" × ")} by ${right.dims.join(" × ")}, which do not go together.`,
    );
  const batch = broadcastDims(a.slice(0, -2), b.slice(0, -2), node);
  const dims = [...batch, ...(left.dims.length === 1 ? [] : [rows]), ...(right.dims.length === 1 ? [] : [columns])];
  const data = new Float64Array(guardSize(dims, node));
  const [aBatch, bBatch] = [a.slice(0, -2), b.slice(0, -2)];
  const [aStrides, bStrides] = [stridesOf(aBatch), stridesOf(bBatch)];
  forEachIndex(batch, (index, flat) => {
    const from = broadcastIndex(aBatch, index, aStrides) * rows * inner;
    const other = broadcastIndex(bBatch, index, bStrides) * inner * columns;
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1) {
        let sum = 0;
        for (let at = 0; at < inner; at += 1)
          sum += (left.data[from + row * inner + at] ?? 0) * (right.data[other + at * columns + column] ?? 0);
        data[(flat * rows + row) * columns + column] = sum;
      }
  });
  return { dims, data };
}

const matmul: ReferenceOp = (inputs, node) => {
  const left = need(inputs, 0, node);
  const { dims, data } = multiply(valuesIn(left), valuesIn(need(inputs, 1, node)), node);
  return [result(left.dataType, dims, data)];
};

/** Zero points: one, or one per row of the left and per column of the right operand. */
const matmulInteger: ReferenceOp = (inputs, node) => {
  const [left, right] = operands(inputs, node, 0, 1, 2, 3);
  const { dims, data } = multiply(left, right, node);
  return [result(DataType.INT32, dims, data)];
};

function operands(inputs: readonly (Tensor | null)[], node: Node, a: number, b: number, aZero: number, bZero: number): [Values, Values] {
  const [left, right] = [need(inputs, a, node), need(inputs, b, node)];
  return [
    withoutZeroPoint(left, inputs[aZero] ?? null, (inputs[aZero]?.dims.length ?? 0) > 0 ? Math.max(0, left.dims.length - 2) : null),
    withoutZeroPoint(right, inputs[bZero] ?? null, (inputs[bZero]?.dims.length ?? 0) > 0 ? right.dims.length - 1 : null),
  ];
}

const qlinearMatmul: ReferenceOp = (inputs, node) => {
  const [left, right] = operands(inputs, node, 0, 3, 2, 5);
  const sum = multiply(left, right, node);
  const rowScale = perAxis(need(inputs, 1, node), sum.dims, Math.max(0, sum.dims.length - 2), null);
  const columnScale = perAxis(need(inputs, 4, node), sum.dims, sum.dims.length - 1, null);
  return [requantise(sum, (flat) => rowScale(flat) * columnScale(flat), need(inputs, 6, node), need(inputs, 7, node))];
};

function transposed(values: Values): Values {
  const [rows = 1, columns = 1] = values.dims;
  return {
    dims: [columns, rows],
    data: values.data.map((_, flat) => values.data[(flat % rows) * columns + Math.floor(flat / rows)] ?? 0),
  };
}

const gemm: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const [a, b] = [valuesIn(data), valuesIn(need(inputs, 1, node))];
  const product = multiply(node.int("transA", 0) === 1 ? transposed(a) : a, node.int("transB", 0) === 1 ? transposed(b) : b, node);
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const bias = inputs[2] ?? null;
  const added = bias === null ? null : valuesOf(bias);
  const strides = stridesOf(bias?.dims ?? []);
  const values = new Float64Array(elementCount(product.dims));
  forEachIndex(product.dims, (index, flat) => {
    const extra = bias === null ? 0 : (added?.[broadcastIndex(bias.dims, index, strides)] ?? 0);
    values[flat] = alpha * (product.data[flat] ?? 0) + beta * extra;
  });
  return [result(data.dataType, product.dims, values)];
};

export const linearOps: Readonly<Record<string, ReferenceOp>> = {
  MatMul: matmul,
  MatMulInteger: matmulInteger,
  QLinearMatMul: qlinearMatmul,
  Gemm: gemm,
};

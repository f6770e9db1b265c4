import type { Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { aroundAxis, axisOf, need, type ReferenceOp, result, valuesOf } from "../op.ts";

/** Applies `apply` to each line along `axis`; until opset 12 to everything from `axis` (default 1) on at once. */
function alongAxis(data: Tensor, node: Node, opset: number, apply: (line: Float64Array) => ArrayLike<number>): Tensor {
  const values = valuesOf(data);
  const axis = axisOf(node.int("axis", opset < 13 ? 1 : -1), data.dims.length, node);
  const around = aroundAxis(data.dims, axis);
  const { rows, size, columns } = opset < 13 ? { rows: around.rows, size: around.size * around.columns, columns: 1 } : around;
  const output = new Float64Array(values.length);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const at = (index: number): number => (row * size + index) * columns + column;
      const line = apply(Float64Array.from({ length: size }, (_, index) => values[at(index)] ?? 0));
      for (let index = 0; index < size; index += 1) output[at(index)] = line[index] ?? 0;
    }
  return result(data.dataType, data.dims, output);
}

function largest(line: Float64Array): number {
  return line.reduce((best, value) => Math.max(best, value), -Infinity);
}

function softmaxLine(line: Float64Array): Float64Array {
  const top = largest(line);
  const powers = line.map((value) => Math.exp(value - top));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

function logSoftmaxLine(line: Float64Array): Float64Array {
  const top = largest(line);
  const total = Math.log(line.reduce((sum, value) => sum + Math.exp(value - top), 0));
  return line.map((value) => value - top - total);
}

function hardmaxLine(line: Float64Array): Float64Array {
  const at = line.indexOf(largest(line));
  return line.map((_, index) => (index === at ? 1 : 0));
}

function lpLine(line: Float64Array, p: number): Float64Array {
  const norm = p === 1 ? line.reduce((sum, value) => sum + Math.abs(value), 0) : Math.hypot(...line);
  return line.map((value) => (norm === 0 ? 0 : value / norm));
}

const line =
  (apply: (values: Float64Array) => ArrayLike<number>): ReferenceOp =>
  (inputs, node, opset) => [alongAxis(need(inputs, 0, node), node, opset, apply)];

export const softmaxOps: Readonly<Record<string, ReferenceOp>> = {
  Softmax: line(softmaxLine),
  LogSoftmax: line(logSoftmaxLine),
  Hardmax: line(hardmaxLine),
  LpNormalization: (inputs, node) => [alongAxis(need(inputs, 0, node), node, 13, (values) => lpLine(values, node.int("p", 2)))],
};

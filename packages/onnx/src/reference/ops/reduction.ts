import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { elementCount, type Tensor } from "../../graph/tensor.ts";
import {
  aroundAxis,
  axisOf,
  forEachIndex,
  guardSize,
  need,
  type ReferenceOp,
  result,
  scalarOf,
  stridesOf,
  toIntegers,
  valuesOf,
} from "../op.ts";

type Reduce = (values: readonly number[]) => number;

const sum: Reduce = (values) => values.reduce((total, value) => total + value, 0);
const largest: Reduce = (values) => values.reduce((best, value) => Math.max(best, value), -Infinity);
const smallest: Reduce = (values) => values.reduce((best, value) => Math.min(best, value), Infinity);

function logSumExp(values: readonly number[]): number {
  const top = largest(values);
  return Number.isFinite(top) ? top + Math.log(sum(values.map((value) => Math.exp(value - top)))) : top;
}

const REDUCTIONS: Readonly<Record<string, Reduce>> = {
  ReduceSum: sum,
  ReduceMean: (values) => sum(values) / values.length,
  ReduceMax: largest,
  ReduceMin: smallest,
  ReduceProd: (values) => values.reduce((total, value) => total * value, 1),
  ReduceL1: (values) => sum(values.map(Math.abs)),
  ReduceL2: (values) => Math.sqrt(sum(values.map((value) => value * value))),
  ReduceLogSum: (values) => Math.log(sum(values)),
  ReduceLogSumExp: logSumExp,
  ReduceSumSquare: (values) => sum(values.map((value) => value * value)),
};

function reducedAxes(inputs: readonly (Tensor | null)[], node: Node, rank: number): ReadonlySet<number> | null {
  const input = inputs[1] ?? null;
  const axes = node.ints("axes") ?? (input === null ? [] : toIntegers(input));
  if (axes.length > 0) return new Set(axes.map((axis) => axisOf(axis, rank, node)));
  return node.int("noop_with_empty_axes", 0) === 1 ? null : new Set(Array.from({ length: rank }, (_, axis) => axis));
}

function reduction(reduce: Reduce): ReferenceOp {
  return (inputs, node) => {
    const data = need(inputs, 0, node);
    const axes = reducedAxes(inputs, node, data.dims.length);
    if (axes === null) return [data];
    const kept = data.dims.map((dim, axis) => (axes.has(axis) ? 1 : dim));
    const strides = stridesOf(kept);
    const groups: number[][] = Array.from({ length: guardSize(kept, node) }, () => []);
    const values = valuesOf(data);
    forEachIndex(data.dims, (index, flat) => {
      let key = 0;
      for (let axis = 0; axis < kept.length; axis += 1) if (!axes.has(axis)) key += (index[axis] ?? 0) * (strides[axis] ?? 0);
      groups[key]?.push(values[flat] ?? 0);
    });
    const dims = node.int("keepdims", 1) === 1 ? kept : data.dims.filter((_, axis) => !axes.has(axis));
    return [result(data.dataType, dims, groups.map(reduce))];
  };
}

/** The position of the best value along one axis; the first of equals, with select_last_index the last. */
function arg(better: (candidate: number, best: number) => boolean): ReferenceOp {
  return (inputs, node) => {
    const data = need(inputs, 0, node);
    const axis = axisOf(node.int("axis", 0), data.dims.length, node);
    const { rows, size, columns } = aroundAxis(data.dims, axis);
    const values = valuesOf(data);
    const last = node.int("select_last_index", 0) === 1;
    const positions = Array.from({ length: rows * columns }, (_, line) => {
      const first = Math.floor(line / columns) * size * columns + (line % columns);
      let best = 0;
      for (let at = 1; at < size; at += 1) {
        const [candidate, current] = [values[first + at * columns] ?? 0, values[first + best * columns] ?? 0];
        if (better(candidate, current) || (last && candidate === current)) best = at;
      }
      return best;
    });
    const dims =
      node.int("keepdims", 1) === 1 ? data.dims.map((dim, at) => (at === axis ? 1 : dim)) : data.dims.filter((_, at) => at !== axis);
    return [result(DataType.INT64, dims, positions)];
  };
}

const topK: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const count = scalarOf(inputs[1], node.int("k", 1));
  const axis = axisOf(node.int("axis", -1), data.dims.length, node);
  const { rows, size, columns } = aroundAxis(data.dims, axis);
  const values = valuesOf(data);
  const sign = node.int("largest", 1) === 1 ? -1 : 1;
  const dims = data.dims.map((dim, at) => (at === axis ? count : dim));
  const [best, positions] = [new Float64Array(guardSize(dims, node)), new Float64Array(elementCount(dims))];
  for (let line = 0; line < rows * columns; line += 1) {
    const [row, column] = [Math.floor(line / columns), line % columns];
    const value = (at: number): number => values[(row * size + at) * columns + column] ?? 0;
    const order = Array.from({ length: size }, (_, at) => at).sort((a, b) => sign * (value(a) - value(b)) || a - b);
    for (let rank = 0; rank < count; rank += 1) {
      const target = (row * count + rank) * columns + column;
      best[target] = value(order[rank] ?? 0);
      positions[target] = order[rank] ?? 0;
    }
  }
  return [result(data.dataType, dims, best), result(DataType.INT64, dims, positions)];
};

const cumSum: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const axis = axisOf(scalarOf(inputs[1], 0), data.dims.length, node);
  const { rows, size, columns } = aroundAxis(data.dims, axis);
  const values = valuesOf(data);
  const output = new Float64Array(values.length);
  const [exclusive, reverse] = [node.int("exclusive", 0) === 1, node.int("reverse", 0) === 1];
  for (let line = 0; line < rows * columns; line += 1) {
    let total = 0;
    for (let step = 0; step < size; step += 1) {
      const at = (Math.floor(line / columns) * size + (reverse ? size - 1 - step : step)) * columns + (line % columns);
      if (exclusive) output[at] = total;
      total += values[at] ?? 0;
      if (!exclusive) output[at] = total;
    }
  }
  return [result(data.dataType, data.dims, output)];
};

export const reductionOps: Readonly<Record<string, ReferenceOp>> = {
  ...Object.fromEntries(Object.entries(REDUCTIONS).map(([name, reduce]) => [name, reduction(reduce)])),
  ArgMax: arg((candidate, best) => candidate > best),
  ArgMin: arg((candidate, best) => candidate < best),
  TopK: topK,
  CumSum: cumSum,
};

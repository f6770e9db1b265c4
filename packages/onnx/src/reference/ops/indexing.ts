import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { elementCount, type Tensor } from "../../graph/tensor.ts";
import {
  axisOf,
  forEachIndex,
  guardSize,
  need,
  pickElements,
  type ReferenceOp,
  refuse,
  result,
  scalarOf,
  stridesOf,
  toIntegers,
  valuesOf,
} from "../op.ts";

/** Negative indices count from the end. @throws OnnxError UNSUPPORTED_OPERATOR out of range, which runtimes refuse too */
function inside(index: number, size: number, node: Node): number {
  const at = index < 0 ? index + size : index;
  if (at < 0 || at >= size) throw refuse(node, `reads index ${index} of ${size}`);
  return at;
}

const gatherElements: ReferenceOp = (inputs, node) => {
  const [data, indices] = [need(inputs, 0, node), need(inputs, 1, node)];
  const axis = axisOf(node.int("axis", 0), data.dims.length, node);
  const [strides, picked, indexStrides] = [stridesOf(data.dims), toIntegers(indices), stridesOf(indices.dims)];
  return [
    pickElements(data, indices.dims, node, (index) => {
      const at = picked[index.reduce((flat, here, position) => flat + here * (indexStrides[position] ?? 0), 0)] ?? 0;
      return index.reduce(
        (flat, here, position) => flat + (position === axis ? inside(at, data.dims[axis] ?? 0, node) : here) * (strides[position] ?? 0),
        0,
      );
    }),
  ];
};

/** The flat offset that the last axis of `indices` addresses, for each of its rows. */
function offsets(indices: Tensor, dims: readonly number[], node: Node): number[] {
  const width = indices.dims.at(-1) ?? 1;
  const strides = stridesOf(dims);
  const flat = toIntegers(indices);
  return Array.from({ length: flat.length / Math.max(1, width) }, (_, row) =>
    flat
      .slice(row * width, (row + 1) * width)
      .reduce((total, index, axis) => total + inside(index, dims[axis] ?? 0, node) * (strides[axis] ?? 0), 0),
  );
}

const gatherNd: ReferenceOp = (inputs, node) => {
  const [data, indices] = [need(inputs, 0, node), need(inputs, 1, node)];
  const batchAxes = node.int("batch_dims", 0);
  const width = indices.dims.at(-1) ?? 1;
  const inner = data.dims.slice(batchAxes);
  const slice = elementCount(inner.slice(width));
  const starts = offsets(indices, inner, node);
  const perBatch = starts.length / Math.max(1, elementCount(data.dims.slice(0, batchAxes)));
  const dims = [...indices.dims.slice(0, -1), ...inner.slice(width)];
  const strides = stridesOf(dims);
  return [
    pickElements(data, dims, node, (index) => {
      const flat = index.reduce((total, at, axis) => total + at * (strides[axis] ?? 0), 0);
      const row = Math.floor(flat / slice);
      return Math.floor(row / perBatch) * elementCount(inner) + (starts[row] ?? 0) + (flat % slice);
    }),
  ];
};

type Reduce = (old: number, update: number) => number;

const REDUCE: Readonly<Record<string, Reduce>> = {
  none: (_old, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

function reducer(node: Node): Reduce {
  const name = node.string("reduction", "none");
  const reduce = REDUCE[name];
  if (reduce === undefined) throw refuse(node, `reduces by ${JSON.stringify(name)}`);
  return reduce;
}

const scatterElements: ReferenceOp = (inputs, node) => {
  const [data, indices, updates] = [need(inputs, 0, node), need(inputs, 1, node), need(inputs, 2, node)];
  const axis = axisOf(node.int("axis", 0), data.dims.length, node);
  const [values, changes, picked] = [valuesOf(data), valuesOf(updates), toIntegers(indices)];
  const [strides, reduce] = [stridesOf(data.dims), reducer(node)];
  forEachIndex(indices.dims, (index, flat) => {
    const target = index.reduce(
      (total, at, position) =>
        total + (position === axis ? inside(picked[flat] ?? 0, data.dims[axis] ?? 0, node) : at) * (strides[position] ?? 0),
      0,
    );
    values[target] = reduce(values[target] ?? 0, changes[flat] ?? 0);
  });
  return [result(data.dataType, data.dims, values)];
};

const scatterNd: ReferenceOp = (inputs, node) => {
  const [data, indices, updates] = [need(inputs, 0, node), need(inputs, 1, node), need(inputs, 2, node)];
  const [values, changes, reduce] = [valuesOf(data), valuesOf(updates), reducer(node)];
  const slice = elementCount(data.dims.slice(indices.dims.at(-1) ?? 1));
  for (const [row, start] of offsets(indices, data.dims, node).entries())
    for (let at = 0; at < slice; at += 1) values[start + at] = reduce(values[start + at] ?? 0, changes[row * slice + at] ?? 0);
  return [result(data.dataType, data.dims, values)];
};

const oneHot: ReferenceOp = (inputs, node) => {
  const [indices, values] = [need(inputs, 0, node), need(inputs, 2, node)];
  const depth = scalarOf(need(inputs, 1, node), 0);
  const axis = axisOf(node.int("axis", -1), indices.dims.length + 1, node);
  const dims = [...indices.dims.slice(0, axis), depth, ...indices.dims.slice(axis)];
  const [picked, strides] = [valuesOf(indices), stridesOf(indices.dims)];
  return [
    pickElements(values, dims, node, (index) => {
      let flat = 0;
      for (let at = 0; at < dims.length; at += 1) if (at !== axis) flat += (index[at] ?? 0) * (strides[at < axis ? at : at - 1] ?? 0);
      const hot = picked[flat] ?? 0;
      return (hot < 0 ? hot + depth : hot) === index[axis] ? 1 : 0;
    }),
  ];
};

const nonZero: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const values = valuesOf(data);
  const found: number[][] = [];
  forEachIndex(data.dims, (index, flat) => void (values[flat] === 0 || found.push([...index])));
  const positions = data.dims.flatMap((_, axis) => found.map((index) => index[axis] ?? 0));
  return [result(DataType.INT64, [data.dims.length, found.length], positions)];
};

/** Without an axis the input is flattened; a condition shorter than the axis drops the rest. */
const compress: ReferenceOp = (inputs, node) => {
  const given = need(inputs, 0, node);
  const kept = [...valuesOf(need(inputs, 1, node)).entries()].filter(([, wanted]) => wanted !== 0).map(([at]) => at);
  const flat = !node.attributes.has("axis");
  const data = flat ? { ...given, dims: [elementCount(given.dims)] } : given;
  const axis = flat ? 0 : axisOf(node.int("axis", 0), data.dims.length, node);
  const strides = stridesOf(data.dims);
  return [
    pickElements(
      data,
      data.dims.map((dim, at) => (at === axis ? kept.length : dim)),
      node,
      (index) => index.reduce((total, at, position) => total + (position === axis ? (kept[at] ?? 0) : at) * (strides[position] ?? 0), 0),
    ),
  ];
};

/** Keeps the upper (or lower) triangle of the last two axes, `k` diagonals away. */
const trilu: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const shift = inputs[1] === null || inputs[1] === undefined ? 0 : (toIntegers(inputs[1])[0] ?? 0);
  const upper = node.int("upper", 1) === 1;
  const rank = data.dims.length;
  const strides = stridesOf(data.dims);
  const zero = result(data.dataType, [], [0]);
  return [
    pickElements(
      data,
      data.dims,
      node,
      (index) => {
        const distance = (index[rank - 1] ?? 0) - (index[rank - 2] ?? 0) - shift;
        return (upper ? distance >= 0 : distance <= 0) ? index.reduce((flat, at, axis) => flat + at * (strides[axis] ?? 0), 0) : -1;
      },
      zero,
    ),
  ];
};

const eyeLike: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const shift = node.int("k", 0);
  const values = new Float64Array(guardSize(data.dims, node));
  const columns = data.dims[1] ?? 1;
  return [
    result(
      node.int("dtype", data.dataType),
      data.dims,
      values.map((_, flat) => ((flat % columns) - Math.floor(flat / columns) === shift ? 1 : 0)),
    ),
  ];
};

export const indexingOps: Readonly<Record<string, ReferenceOp>> = {
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
  ScatterND: scatterNd,
  OneHot: oneHot,
  NonZero: nonZero,
  Compress: compress,
  Trilu: trilu,
  EyeLike: eyeLike,
};

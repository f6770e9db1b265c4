import { OnnxError } from "../../errors.ts";
import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { isPacked } from "../../graph/packed-integers.ts";
import { elementCount, type Tensor, tensorFromNumbers, toNumbers } from "../../graph/tensor.ts";
import { normaliseAxis } from "../../infer/context.ts";
import { resolveRest, sliceArguments, sliceLength } from "../../infer/ops/movement.ts";
import { axisOf, guardSize, need, pickElements, type ReferenceOp, refuse, result, scalarOf, stridesOf, toIntegers } from "../op.ts";
import { broadcastDims, broadcastIndex } from "./broadcast.ts";

const sameBytes = (tensor: Tensor, dims: readonly number[]): Tensor => ({ ...tensor, dims });

const reshape: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const wanted = node.ints("shape") ?? toIntegers(need(inputs, 1, node));
  const copied = wanted.map((dim, axis) => (dim === 0 && node.int("allowzero", 0) === 0 ? (data.dims[axis] ?? 0) : dim));
  const dims = resolveRest(copied, data.dims).map((dim) => Number(dim ?? 0));
  if (elementCount(dims) !== elementCount(data.dims))
    throw new OnnxError(
      "INVALID_GRAPH",
      `The node ${node.describe()} cannot give ${data.dims.join(" × ")} values the shape ${wanted.join(" × ")}.`,
    );
  return [sameBytes(data, dims)];
};

const flatten: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const rank = data.dims.length;
  const given = node.int("axis", 1);
  const axis = given === rank ? rank : axisOf(given, rank, node);
  return [sameBytes(data, [elementCount(data.dims.slice(0, axis)), elementCount(data.dims.slice(axis))])];
};

function axes(inputs: readonly (Tensor | null)[], node: Node): number[] | null {
  const input = inputs[1] ?? null;
  return node.ints("axes") ?? (input === null ? null : toIntegers(input));
}

const squeeze: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const gone = axes(inputs, node)?.map((axis) => normaliseAxis(axis, data.dims.length));
  return [
    sameBytes(
      data,
      data.dims.filter((dim, axis) => (gone === undefined ? dim !== 1 : !gone.includes(axis))),
    ),
  ];
};

const unsqueeze: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const given = axes(inputs, node) ?? [];
  const rank = data.dims.length + given.length;
  const added = new Set(given.map((axis) => normaliseAxis(axis, rank)));
  const rest = [...data.dims];
  return [
    sameBytes(
      data,
      Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1))),
    ),
  ];
};

const transpose: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const perm = node.ints("perm") ?? data.dims.map((_, axis) => data.dims.length - 1 - axis);
  const strides = stridesOf(data.dims);
  const moved = perm.map((axis) => strides[axis] ?? 0);
  return [
    pickElements(
      data,
      perm.map((axis) => data.dims[axis] ?? 0),
      node,
      (index) => index.reduce((flat, at, axis) => flat + at * (moved[axis] ?? 0), 0),
    ),
  ];
};

const concat: ReferenceOp = (inputs, node) => {
  const parts = inputs.map((_, index) => need(inputs, index, node));
  const first = need(inputs, 0, node);
  const axis = normaliseAxis(node.int("axis", 0), first.dims.length);
  const dims = first.dims.map((dim, at) => (at === axis ? parts.reduce((sum, part) => sum + (part.dims[axis] ?? 0), 0) : dim));
  if (parts.some((part) => part.dims.length !== dims.length || part.dims.some((dim, at) => at !== axis && dim !== dims[at])))
    throw new OnnxError("INVALID_GRAPH", `The node ${node.describe()} joins shapes that do not go together.`);
  if (isPacked(first.dataType)) throw refuse(node, "joins 4-bit values");
  guardSize(dims, node);
  const outer = elementCount(first.dims.slice(0, axis));
  const [bytes, strings]: [Uint8Array[], Uint8Array[]] = [[], []];
  // Constants may be large: whole runs are copied, not elements.
  for (let row = 0; row < outer; row += 1)
    for (const part of parts) {
      const [chunk, count] = [part.bytes.byteLength / outer, (part.strings?.length ?? 0) / outer];
      bytes.push(part.bytes.subarray(row * chunk, (row + 1) * chunk));
      if (part.strings !== undefined) strings.push(...part.strings.slice(row * count, (row + 1) * count));
    }
  const joined = { dataType: first.dataType, dims, bytes: new Uint8Array(Buffer.concat(bytes)) };
  return [first.strings === undefined ? joined : { ...joined, strings }];
};

const slice: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const limits = sliceArguments({ node, constant: (index) => inputs[index] ?? null });
  if (limits === null) throw refuse(node, "slices by more than 64 limits");
  const dims = [...data.dims];
  const begins = data.dims.map(() => 0);
  const steps = data.dims.map(() => 1);
  for (const [index, given] of limits.axes.entries()) {
    const axis = normaliseAxis(given, dims.length);
    const size = data.dims[axis] ?? 0;
    const [start, end, step] = [limits.starts[index] ?? 0, limits.ends[index] ?? 0, limits.steps[index] ?? 1];
    dims[axis] = sliceLength(size, start, end, step);
    const absolute = start < 0 ? start + size : start;
    begins[axis] = step > 0 ? Math.min(Math.max(absolute, 0), size) : Math.min(Math.max(absolute, 0), size - 1);
    steps[axis] = step;
  }
  const strides = stridesOf(data.dims);
  return [
    pickElements(data, dims, node, (index) =>
      index.reduce((flat, at, axis) => flat + ((begins[axis] ?? 0) + at * (steps[axis] ?? 1)) * (strides[axis] ?? 0), 0),
    ),
  ];
};

const gather: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const indices = need(inputs, 1, node);
  const axis = normaliseAxis(node.int("axis", 0), data.dims.length);
  const size = data.dims[axis] ?? 1;
  const picked = toIntegers(indices).map((index) => (index < 0 ? index + size : index));
  const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
  const strides = stridesOf(data.dims);
  const indexStrides = stridesOf(indices.dims);
  const rank = indices.dims.length;
  return [
    pickElements(data, dims, node, (index) => {
      let at = 0;
      for (let inner = 0; inner < rank; inner += 1) at += (index[axis + inner] ?? 0) * (indexStrides[inner] ?? 0);
      let flat = (picked[at] ?? 0) * (strides[axis] ?? 0);
      for (let outer = 0; outer < axis; outer += 1) flat += (index[outer] ?? 0) * (strides[outer] ?? 0);
      for (let inner = axis + 1; inner < data.dims.length; inner += 1) flat += (index[inner + rank - 1] ?? 0) * (strides[inner] ?? 0);
      return flat;
    }),
  ];
};

const expand: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const dims = broadcastDims(data.dims, toIntegers(need(inputs, 1, node)), node);
  const strides = stridesOf(data.dims);
  return [pickElements(data, dims, node, (index) => broadcastIndex(data.dims, index, strides))];
};

const tile: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const repeats = toIntegers(need(inputs, 1, node));
  const strides = stridesOf(data.dims);
  const dims = data.dims.map((dim, axis) => dim * (repeats[axis] ?? 1));
  return [
    pickElements(data, dims, node, (index) =>
      index.reduce((flat, at, axis) => flat + (at % (data.dims[axis] ?? 1)) * (strides[axis] ?? 0), 0),
    ),
  ];
};

const constantOfShape: ReferenceOp = (inputs, node) => {
  const dims = toIntegers(need(inputs, 0, node));
  guardSize(dims, node);
  const value = node.tensor("value") ?? tensorFromNumbers(DataType.FLOAT, [1], [0]);
  return [pickElements(value, dims, node, () => 0)];
};

const range: ReferenceOp = (inputs, node) => {
  const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((index) => toNumbers(need(inputs, index, node))[0] ?? 0);
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  guardSize([length], node);
  return [
    result(
      need(inputs, 0, node).dataType,
      [length],
      Float64Array.from({ length }, (_, index) => start + index * delta),
    ),
  ];
};

const split: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const axis = axisOf(node.int("axis", 0), data.dims.length, node);
  const size = data.dims[axis] ?? 0;
  const parts = node.outputs.length;
  const each = Math.ceil(size / parts);
  const given = node.ints("split") ?? (inputs[1] === null || inputs[1] === undefined ? null : toIntegers(inputs[1]));
  const sizes = given ?? Array.from({ length: parts }, (_, part) => Math.max(0, Math.min(each, size - part * each)));
  const strides = stridesOf(data.dims);
  let begin = 0;
  return sizes.map((length) => {
    const from = begin;
    begin += length;
    const dims = data.dims.with(axis, length);
    return pickElements(data, dims, node, (index) =>
      index.reduce((flat, at, here) => flat + (here === axis ? at + from : at) * (strides[here] ?? 0), 0),
    );
  });
};

const shapeOf: ReferenceOp = (inputs, node) => {
  const { dims } = need(inputs, 0, node);
  const clamp = (value: number): number => Math.min(Math.max(value < 0 ? value + dims.length : value, 0), dims.length);
  const shown = dims.slice(clamp(node.int("start", 0)), clamp(node.int("end", dims.length)));
  return [result(DataType.INT64, [shown.length], shown)];
};

/** At inference. @throws OnnxError UNSUPPORTED_OPERATOR in training mode with a ratio, which draws random numbers */
const dropout: ReferenceOp = (inputs, node, opset) => {
  const data = need(inputs, 0, node);
  const training = opset >= 12 && scalarOf(inputs[2], 0) !== 0;
  if (training && scalarOf(inputs[1], 0.5) !== 0) throw refuse(node, "drops at random");
  const mask = result(opset < 10 ? data.dataType : DataType.BOOL, data.dims, new Float64Array(elementCount(data.dims)).fill(1));
  return [data, mask].slice(0, Math.max(1, node.outputs.length));
};

export const movementOps: Readonly<Record<string, ReferenceOp>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Gather: gather,
  Expand: expand,
  Tile: tile,
  ConstantOfShape: constantOfShape,
  Range: range,
  Split: split,
  Shape: shapeOf,
  Identity: (inputs, node) => [need(inputs, 0, node)],
  Dropout: dropout,
  Size: (inputs, node) => [result(DataType.INT64, [], [elementCount(need(inputs, 0, node).dims)])],
};

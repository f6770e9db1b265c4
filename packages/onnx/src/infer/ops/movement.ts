import type { Dim, TensorValueType } from "../../graph/types.ts";
import { axesOf, constantEntries, type InferContext, type InferRule, normaliseAxis, withShape } from "../context.ts";

const reshape: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const wanted = context.node.ints("shape") ?? context.entries(1);
  if (data === null) return [null];
  context.setEntries(context.entries(0));
  if (wanted === null) return [withShape(data, rankOnly(context))];
  const copied = wanted.map((dim, axis) => (dim === 0 && context.node.int("allowzero", 0) === 0 ? (data.shape?.[axis] ?? null) : dim));
  return [withShape(data, resolveRest(copied, data.shape))];
};

/** The shape input's own length is the rank, even where its entries are unknown. */
function rankOnly(context: InferContext): Dim[] | null {
  const length = context.inputs[1]?.shape?.[0];
  return typeof length === "number" && length <= 16 ? Array.from({ length }, () => null) : null;
}

/** Fills the one `-1`: what the other dimensions leave over, if sizes and symbols cancel out. */
export function resolveRest(wanted: readonly Dim[], data: readonly Dim[] | null): Dim[] {
  const open = wanted.indexOf(-1);
  if (open < 0) return [...wanted];
  const filled = (dim: Dim): Dim[] => wanted.map((value, axis) => (axis === open ? dim : value));
  if (data === null) return filled(null);
  const symbols = data.filter((dim): dim is string => typeof dim === "string");
  let unknown = data.filter((dim) => dim === null).length;
  let size = data.reduce<number>((total, dim) => (typeof dim === "number" ? total * dim : total), 1);
  for (const [axis, dim] of wanted.entries()) {
    if (axis === open) continue;
    if (typeof dim === "number") size /= dim;
    else if (typeof dim === "string" && symbols.includes(dim)) symbols.splice(symbols.indexOf(dim), 1);
    else unknown += 1;
  }
  if (unknown > 0 || !Number.isInteger(size)) return filled(null);
  if (symbols.length === 0) return filled(size);
  return filled(symbols.length === 1 && size === 1 ? (symbols[0] ?? null) : null);
}

const flatten: InferRule = ({ inputs, node }) => {
  const data = inputs[0] ?? null;
  if (data === null || data.shape === null) return [withShape(data, [null, null])];
  const axis = normaliseAxis(node.int("axis", 1), data.shape.length);
  return [withShape(data, [product(data.shape.slice(0, axis)), product(data.shape.slice(axis))])];
};

export function product(dims: readonly Dim[]): Dim {
  const symbols = dims.filter((dim) => typeof dim !== "number");
  const size = dims.reduce<number>((total, dim) => (typeof dim === "number" ? total * dim : total), 1);
  if (symbols.length === 0) return size;
  return symbols.length === 1 && size === 1 ? (symbols[0] ?? null) : null;
}

const transpose: InferRule = ({ inputs, node }) => {
  const data = inputs[0] ?? null;
  const shape = data?.shape ?? null;
  if (shape === null) return [withShape(data, null)];
  const perm = node.ints("perm") ?? shape.map((_, axis) => shape.length - 1 - axis);
  return [
    withShape(
      data,
      perm.map((axis) => shape[axis] ?? null),
    ),
  ];
};

const squeeze: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const shape = data?.shape ?? null;
  const axes = axesOf(context, 1);
  context.setEntries(context.entries(0));
  if (shape === null || axes === null) return [withShape(data, null)];
  if (axes === undefined && shape.some((dim) => typeof dim !== "number")) return [withShape(data, null)];
  const gone = new Set((axes ?? shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []))).map((axis) => normaliseAxis(axis, shape.length)));
  return [
    withShape(
      data,
      shape.filter((_, axis) => !gone.has(axis)),
    ),
  ];
};

const unsqueeze: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const axes = axesOf(context, 1);
  context.setEntries(context.entries(0));
  const shape = data?.shape ?? null;
  if (shape === null || axes === null || axes === undefined) return [withShape(data, null)];
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => normaliseAxis(axis, rank)));
  const rest = [...shape];
  return [
    withShape(
      data,
      Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? null))),
    ),
  ];
};

const concat: InferRule = (context) => {
  const { inputs, node } = context;
  const first = inputs[0] ?? null;
  const parts = inputs.map((_, index) => context.entries(index));
  if (parts.every((part) => part !== null)) context.setEntries(parts.flat());
  const shape = first?.shape ?? null;
  if (shape === null) return [withShape(first, null)];
  const axis = normaliseAxis(node.int("axis", 0), shape.length);
  const along = inputs.map((input) => input?.shape?.[axis] ?? null);
  const total = along.reduce<Dim>((sum, dim) => (typeof sum === "number" && typeof dim === "number" ? sum + dim : null), 0);
  return [
    withShape(
      first,
      shape.map((dim, index) =>
        index === axis ? total : (inputs.map((input) => input?.shape?.[index] ?? null).find((other) => typeof other === "number") ?? dim),
      ),
    ),
  ];
};

const split: InferRule = (context) => {
  const { inputs, node } = context;
  const data = inputs[0] ?? null;
  const shape = data?.shape ?? null;
  if (shape === null) return node.outputs.map(() => withShape(data, null));
  const axis = normaliseAxis(node.int("axis", 0), shape.length);
  const sizes =
    node.ints("split") ??
    ((node.inputs[1] ?? "") === "" ? evenSplit(shape[axis] ?? null, node.outputs.length) : constantEntries(context.constant(1)));
  return node.outputs.map((_, part) =>
    withShape(
      data,
      shape.map((dim, index) => (index === axis ? (sizes?.[part] ?? null) : dim)),
    ),
  );
};

function evenSplit(size: Dim, parts: number): number[] | null {
  if (typeof size !== "number") return null;
  const each = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, part) => Math.max(0, Math.min(each, size - part * each)));
}

/** One axis of a Slice, with Python's rules for negative and overlong limits. */
export function sliceLength(size: number, start: number, end: number, step: number): number {
  const clamp = (value: number): number => {
    const absolute = value < 0 ? value + size : value;
    return step > 0 ? Math.min(Math.max(absolute, 0), size) : Math.min(Math.max(absolute, -1), size - 1);
  };
  return Math.max(0, Math.ceil((clamp(end) - clamp(start)) / step));
}

export interface SliceArguments {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[];
  readonly steps: readonly number[];
}

/** Slice's arguments from attributes (opset < 10) or constant inputs. */
export function sliceArguments(context: Pick<InferContext, "node" | "constant">): SliceArguments | null {
  const { node } = context;
  const from = (name: string, index: number): number[] | null | undefined => {
    const attribute = node.ints(name);
    if (attribute !== null) return attribute;
    return (node.inputs[index] ?? "") === "" ? undefined : constantEntries(context.constant(index));
  };
  const starts = from("starts", 1);
  const ends = from("ends", 2);
  const axes = from("axes", 3);
  const steps = from("steps", 4);
  if (starts === null || ends === null || axes === null || steps === null || starts === undefined || ends === undefined) return null;
  return { starts, ends, axes: axes ?? starts.map((_, index) => index), steps: steps ?? starts.map(() => 1) };
}

const slice: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const shape = data?.shape ?? null;
  const limits = sliceArguments(context);
  if (shape === null) return [withShape(data, null)];
  if (limits === null)
    return [
      withShape(
        data,
        shape.map(() => null),
      ),
    ];
  const result: Dim[] = [...shape];
  for (const [index, axis] of limits.axes.entries()) {
    const at = normaliseAxis(axis, shape.length);
    const size = shape[at];
    const [start, end, step] = [limits.starts[index] ?? 0, limits.ends[index] ?? 0, limits.steps[index] ?? 1];
    const whole = start === 0 && step === 1 && end >= 2 ** 31 - 1;
    if (!whole) result[at] = typeof size === "number" ? sliceLength(size, start, end, step) : null;
  }
  followSlice(context, limits);
  return [withShape(data, result)];
};

function followSlice(context: InferContext, { starts, ends, steps }: SliceArguments): void {
  const entries = context.entries(0);
  const [start = 0, end = 0, step = 1] = [starts[0], ends[0], steps[0]];
  if (entries === null || starts.length !== 1 || step < 1) return;
  const begin = start < 0 ? Math.max(0, start + entries.length) : start;
  context.setEntries(
    Array.from({ length: sliceLength(entries.length, start, end, step) }, (_, index) => entries[begin + index * step] ?? null),
  );
}

const gather: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const indices = context.inputs[1]?.shape ?? null;
  const shape = data?.shape ?? null;
  const entries = context.entries(0);
  const picked = constantEntries(context.constant(1));
  if (entries !== null && picked !== null)
    context.setEntries(picked.map((index) => entries[index < 0 ? index + entries.length : index] ?? null));
  if (shape === null || indices === null) return [withShape(data, null)];
  const axis = normaliseAxis(context.node.int("axis", 0), shape.length);
  return [withShape(data, [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)])];
};

const pad: InferRule = (context) => {
  const data = context.inputs[0] ?? null;
  const shape = data?.shape ?? null;
  if (shape === null) return [withShape(data, null)];
  const pads = context.node.ints("pads") ?? constantEntries(context.constant(1));
  const listed = (context.node.inputs[3] ?? "") === "" ? [...shape.keys()] : constantEntries(context.constant(3));
  if (pads === null || listed === null || pads.length !== listed.length * 2)
    return [
      withShape(
        data,
        shape.map(() => null),
      ),
    ];
  const result: Dim[] = [...shape];
  for (const [index, given] of listed.entries()) {
    const axis = normaliseAxis(given, shape.length);
    result[axis] = shift(shape[axis] ?? null, (pads[index] ?? 0) + (pads[index + listed.length] ?? 0));
  }
  return [withShape(data, result)];
};

function shift(dim: Dim, by: number): Dim {
  if (by === 0) return dim;
  return typeof dim === "number" ? dim + by : null;
}

const depthToSpace: InferRule = ({ inputs, node }) => [
  withShape(inputs[0] ?? null, blockShape(inputs[0] ?? null, node.int("blocksize", 1), node.opType === "DepthToSpace")),
];

function blockShape(data: TensorValueType | null, block: number, spread: boolean): Dim[] | null {
  const shape = data?.shape ?? null;
  if (shape === null) return null;
  const scale = (dim: Dim, factor: number): Dim => (typeof dim === "number" ? dim * factor : null);
  const [batch = null, channels = null, height = null, width = null] = shape;
  return spread
    ? [batch, scale(channels, 1 / (block * block)), scale(height, block), scale(width, block)]
    : [batch, scale(channels, block * block), scale(height, 1 / block), scale(width, 1 / block)];
}

export const movementRules: Readonly<Record<string, InferRule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: depthToSpace,
};

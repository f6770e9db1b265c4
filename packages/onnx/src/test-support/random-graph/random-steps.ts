import { DataType } from "../../graph/data-types.ts";
import { type Attribute, floatAttribute, intAttribute, intsAttribute, stringAttribute } from "../../graph/node.ts";
import { elementCount, floatTensor } from "../../graph/tensor.ts";
import type { Random } from "./random.ts";
import type { Sketch, Value } from "./sketch.ts";

/** Adds a node or two to a graph; gives what can be gone on with, or null. */
export type Step = (sketch: Sketch) => Value | null;

type Attributes = Readonly<Record<string, Attribute>>;

const UNARY: readonly (readonly [string, (random: Random) => Attributes])[] = [
  ["Relu", () => ({})],
  ["Sigmoid", () => ({})],
  ["Tanh", () => ({})],
  ["Neg", () => ({})],
  ["Abs", () => ({})],
  ["LeakyRelu", (random) => ({ alpha: floatAttribute(random.unit()) })],
  ["HardSigmoid", () => ({})],
  ["Softplus", () => ({})],
];

export const unary: Step = (sketch) => {
  const data = sketch.any();
  const [opType, attributes] = sketch.random.pick(UNARY);
  return data === null ? null : sketch.one(opType, [data], attributes(sketch.random));
};

/** With another value of a shape that broadcasts, or with a constant of some of the axes. */
export const binary: Step = (sketch) => {
  const { random } = sketch;
  const data = sketch.any();
  if (data === null) return null;
  const { dims } = data.tensor;
  const other = random.chance(0.5) ? sketch.any((shape) => fits(shape, dims)) : sketch.floats(someAxes(dims, random));
  if (other === null) return null;
  return sketch.one(random.pick(["Add", "Sub", "Mul", "Max", "Min"]), random.chance(0.5) ? [data, other] : [other, data]);
};

function fits(left: readonly number[], right: readonly number[]): boolean {
  const rank = Math.min(left.length, right.length);
  return Array.from({ length: rank }, (_, index) => [left.at(-1 - index), right.at(-1 - index)]).every(
    ([a, b]) => a === b || a === 1 || b === 1,
  );
}

/** Trailing axes of `dims`, some of them as 1. */
export function someAxes(dims: readonly number[], random: Random): number[] {
  return dims.slice(random.int(0, dims.length)).map((dim) => (random.chance(0.3) ? 1 : dim));
}

export function permutation(rank: number, random: Random): number[] {
  return random.shuffled(Array.from({ length: rank }, (_, axis) => axis));
}

export const transpose: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length > 1);
  if (data === null) return null;
  return sketch.one("Transpose", [data], { perm: intsAttribute(permutation(data.tensor.dims.length, sketch.random)) });
};

/** A shape of as many elements. */
export function refactor(count: number, random: Random): number[] {
  const dims: number[] = [];
  let left = count;
  while (left > 1 && dims.length < 3) {
    const divisors = Array.from({ length: left }, (_, index) => index + 1).filter((divisor) => left % divisor === 0);
    const dim = random.pick(divisors);
    dims.push(dim);
    left /= dim;
  }
  return left > 1 || dims.length === 0 ? [...dims, left] : dims;
}

export const reshape: Step = (sketch) => {
  const data = sketch.any();
  if (data === null) return null;
  const dims = refactor(elementCount(data.tensor.dims), sketch.random);
  const open = sketch.random.chance(0.4) ? sketch.random.int(0, dims.length - 1) : -1;
  return sketch.one("Reshape", [data, sketch.ints(dims.map((dim, axis) => (axis === open ? -1 : dim)))]);
};

const concat: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length > 0);
  if (data === null) return null;
  const { dims } = data.tensor;
  const axis = sketch.random.int(0, dims.length - 1);
  const other = sketch.any((shape) => shape.length === dims.length && shape.every((dim, at) => at === axis || dim === dims[at]));
  return sketch.one("Concat", [data, other ?? data], { axis: intAttribute(sketch.random.chance(0.3) ? axis - dims.length : axis) });
};

const slice: Step = (sketch) => {
  const data = sketch.any((dims) => dims.some((dim) => dim > 1));
  if (data === null) return null;
  const { random } = sketch;
  const { dims } = data.tensor;
  const axis = random.pick([...dims.keys()].filter((at) => (dims[at] ?? 0) > 1));
  const [start, end] = [random.int(0, (dims[axis] ?? 1) - 1), random.chance(0.5) ? 2n ** 63n - 1n : BigInt(dims[axis] ?? 1)];
  if (sketch.opset < 10)
    return sketch.one("Slice", [data], { starts: intsAttribute([start]), ends: intsAttribute([end]), axes: intsAttribute([axis]) });
  return sketch.one("Slice", [data, sketch.ints([start]), sketch.ints([end]), sketch.ints([axis])]);
};

const split: Step = (sketch) => {
  const data = sketch.any((dims) => dims.some((dim) => dim > 1));
  if (data === null) return null;
  const axis = sketch.random.pick([...data.tensor.dims.keys()].filter((at) => (data.tensor.dims[at] ?? 0) > 1));
  const first = sketch.random.int(1, (data.tensor.dims[axis] ?? 2) - 1);
  const sizes = [first, (data.tensor.dims[axis] ?? 2) - first];
  const attributes = { axis: intAttribute(axis) };
  const parts =
    sketch.opset < 13
      ? sketch.add("Split", [data], { ...attributes, split: intsAttribute(sizes) }, 2)
      : sketch.add("Split", [data, sketch.ints(sizes)], attributes, 2);
  return parts === null ? null : sketch.random.pick(parts);
};

const reduce: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length > 0);
  if (data === null) return null;
  const { random } = sketch;
  const axis = random.int(0, data.tensor.dims.length - 1);
  const opType = random.pick(["ReduceMean", "ReduceMax", "ReduceSum"]);
  return sketch.withAxes(opType, data, [axis], opType === "ReduceSum" ? 13 : 18, { keepdims: intAttribute(random.int(0, 1)) });
};

const squeeze: Step = (sketch) => {
  const data = sketch.any((dims) => dims.includes(1));
  return data === null ? null : sketch.withAxes("Squeeze", data, [data.tensor.dims.indexOf(1)], 13);
};

const unsqueeze: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length < 5);
  return data === null ? null : sketch.withAxes("Unsqueeze", data, [sketch.random.int(0, data.tensor.dims.length)], 13);
};

const softmax: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length > 0);
  if (data === null) return null;
  return sketch.one(sketch.random.pick(["Softmax", "LogSoftmax"]), [data], {
    axis: intAttribute(sketch.random.int(0, data.tensor.dims.length - 1)),
  });
};

export const pad: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length > 0);
  return data === null
    ? null
    : padded(
        sketch,
        data,
        data.tensor.dims.flatMap(() => [sketch.random.int(0, 1), sketch.random.int(0, 1)]),
      );
};

/** Zeros around `data`; `pads` are begins, then ends. */
export function padded(sketch: Sketch, data: Value, pads: readonly number[], value = 0, mode = "constant"): Value | null {
  const attributes = { mode: stringAttribute(mode) };
  if (sketch.opset < 11) return sketch.one("Pad", [data], { ...attributes, pads: intsAttribute(pads), value: floatAttribute(value) });
  const filler = value === 0 && sketch.random.chance(0.5) ? null : sketch.constant(floatTensor([], [value]));
  return sketch.one("Pad", filler === null ? [data, sketch.ints(pads)] : [data, sketch.ints(pads), filler], attributes);
}

export function clipped(sketch: Sketch, data: Value, low: number, high: number): Value | null {
  if (sketch.opset < 11) return sketch.one("Clip", [data], { min: floatAttribute(low), max: floatAttribute(high) });
  return sketch.one("Clip", [data, sketch.scalar(low), sketch.scalar(high)]);
}

const clip: Step = (sketch) => {
  const data = sketch.any();
  return data === null ? null : clipped(sketch, data, -1, 1 + sketch.random.unit());
};

const gather: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length > 0);
  if (data === null) return null;
  const axis = sketch.random.int(0, data.tensor.dims.length - 1);
  const indices = Array.from({ length: sketch.random.int(1, 3) }, () => sketch.random.int(0, (data.tensor.dims[axis] ?? 1) - 1));
  return sketch.one("Gather", [data, sketch.ints(indices)], { axis: intAttribute(axis) });
};

export const matmul: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length > 1);
  if (data === null) return null;
  const product = sketch.one("MatMul", [data, sketch.floats([data.tensor.dims.at(-1) ?? 1, sketch.random.int(1, 4)])]);
  return product === null ? null : calm(sketch, product);
};

export const conv: Step = (sketch) => {
  const data = sketch.any((dims) => dims.length === 3 || dims.length === 4);
  return data === null ? null : convolution(sketch, data);
};

/** A Conv of random geometry over [N, C, …]. */
export function convolution(sketch: Sketch, data: Value, attributes: Attributes = {}): Value | null {
  const { random } = sketch;
  const [, channels = 1, ...sizes] = data.tensor.dims;
  const kernel = sizes.map((size) => random.int(1, Math.min(3, size)));
  const group = random.chance(0.3) ? channels : 1;
  const outputs = group * random.int(1, 2);
  const weight = sketch.constant(
    floatTensor([outputs, channels / group, ...kernel], shrink(random.floats((outputs * channels * elementCount(kernel)) / group))),
  );
  const bias = random.chance(0.5) ? [sketch.floats([outputs])] : [];
  return sketch.one("Conv", [data, weight, ...bias], {
    group: intAttribute(group),
    ...(random.chance(0.4) ? { strides: intsAttribute(sizes.map(() => random.int(1, 2))) } : {}),
    ...(random.chance(0.3) && attributes["auto_pad"] === undefined
      ? { pads: intsAttribute([...sizes, ...sizes].map(() => random.int(0, 1))) }
      : {}),
    ...attributes,
  });
}

function shrink(values: Float32Array): Float32Array {
  return values.map((value) => value / 4);
}

/** Products grow: this keeps them in a range where a difference means something. */
function calm(sketch: Sketch, value: Value): Value | null {
  return sketch.random.chance(0.5) ? value : sketch.one("Tanh", [value]);
}

const shapeOf: Step = (sketch) => {
  const data = sketch.any();
  const shape = data === null ? null : sketch.one("Shape", [data]);
  return shape === null ? null : sketch.one("Cast", [shape], { to: intAttribute(DataType.FLOAT) });
};

const where: Step = (sketch) => {
  const data = sketch.any();
  const condition = data === null ? null : sketch.one("Greater", [data, sketch.scalar(0)]);
  return data === null || condition === null ? null : sketch.one("Where", [condition, data, sketch.scalar(sketch.random.unit())]);
};

/** What a graph is filled with around the pattern that is looked for. */
export const STEPS: readonly Step[] = [
  ...[unary, unary, unary, binary, binary, binary, transpose, reshape, concat, slice, split, reduce, squeeze, unsqueeze, softmax],
  ...[pad, clip, gather, matmul, conv, shapeOf, where],
];

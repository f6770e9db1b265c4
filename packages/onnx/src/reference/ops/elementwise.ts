import { DataType } from "../../graph/data-types.ts";
import { elementCount, storageView, type Tensor, tensorFromNumbers, toBigInts, toNumbers } from "../../graph/tensor.ts";
import { broadcastShapes } from "../../infer/ops/elementwise.ts";
import { forEachIndex, guardSize, need, pickElements, type ReferenceOp, result, stridesOf } from "../op.ts";

const is64 = (tensor: Tensor): boolean => tensor.dataType === DataType.INT64 || tensor.dataType === DataType.UINT64;

function unary(apply: (value: number, float: (name: string, fallback: number) => number) => number): ReferenceOp {
  return (inputs, node) => {
    const data = need(inputs, 0, node);
    guardSize(data.dims, node);
    const float = (name: string, fallback: number): number => node.float(name, fallback);
    return [
      result(
        data.dataType,
        data.dims,
        toNumbers(data).map((value) => apply(value, float)),
      ),
    ];
  };
}

/** The flat index into a tensor of `dims` for an index of the broadcast shape. */
export function broadcastIndex(dims: readonly number[], index: readonly number[], strides: readonly number[]): number {
  const skipped = index.length - dims.length;
  let flat = 0;
  for (let axis = 0; axis < dims.length; axis += 1) if (dims[axis] !== 1) flat += (index[axis + skipped] ?? 0) * (strides[axis] ?? 0);
  return flat;
}

interface Arithmetic {
  readonly number: (left: number, right: number) => number;
  /** For 64-bit integers, exactly; without it they go through doubles. */
  readonly bigint?: (left: bigint, right: bigint) => bigint;
  readonly toType?: number;
}

function binary(operation: Arithmetic): ReferenceOp {
  return (inputs, node) => {
    let total = need(inputs, 0, node);
    for (let index = 1; index < inputs.length; index += 1)
      total = combine(total, need(inputs, index, node), operation, (dims) => guardSize(dims, node));
    return [total];
  };
}

function combine(left: Tensor, right: Tensor, operation: Arithmetic, guard: (dims: readonly number[]) => number): Tensor {
  const dims = broadcastShapes(left.dims, right.dims).map(Number);
  const [leftStrides, rightStrides] = [stridesOf(left.dims), stridesOf(right.dims)];
  const values: (number | bigint)[] = Array.from({ length: guard(dims) });
  const type = operation.toType ?? left.dataType;
  const exact = is64(left) && operation.bigint !== undefined;
  const [leftBig, rightBig] = exact ? [toBigInts(left), toBigInts(right)] : [[], []];
  const [leftNumbers, rightNumbers] = exact ? [[], []] : [toNumbers(left), toNumbers(right)];
  forEachIndex(dims, (index, flat) => {
    const a = broadcastIndex(left.dims, index, leftStrides);
    const b = broadcastIndex(right.dims, index, rightStrides);
    values[flat] =
      exact && operation.bigint !== undefined
        ? operation.bigint(leftBig[a] ?? 0n, rightBig[b] ?? 0n)
        : operation.number(leftNumbers[a] ?? 0, rightNumbers[b] ?? 0);
  });
  return tensorFromNumbers(type, dims, values);
}

/** Integer division truncates, as in C; floats divide. */
const divide: ReferenceOp = (inputs, node, opset) => {
  const integer = ![DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16].some((type) => type === inputs[0]?.dataType);
  const number = integer
    ? (left: number, right: number): number => Math.trunc(left / right)
    : (left: number, right: number): number => left / right;
  return binary({ number, bigint: (left, right) => (right === 0n ? 0n : left / right) })(inputs, node, opset);
};

const clip: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  guardSize(data.dims, node);
  const limit = (index: number, name: string, fallback: number): number => {
    const tensor = inputs[index] ?? null;
    return tensor === null ? node.float(name, fallback) : (toNumbers(tensor)[0] ?? fallback);
  };
  const [low, high] = [limit(1, "min", -Infinity), limit(2, "max", Infinity)];
  return [
    result(
      data.dataType,
      data.dims,
      toNumbers(data).map((value) => Math.min(Math.max(value, low), high)),
    ),
  ];
};

const where: ReferenceOp = (inputs, node) => {
  const [condition, yes, no] = [need(inputs, 0, node), need(inputs, 1, node), need(inputs, 2, node)];
  const dims = broadcastShapes(broadcastShapes(condition.dims, yes.dims), no.dims).map(Number);
  const chosen = storageView(condition);
  const [conditionStrides, yesStrides, noStrides] = [condition, yes, no].map((tensor) => stridesOf(tensor.dims));
  const both: Tensor = {
    dataType: yes.dataType,
    dims: [elementCount(yes.dims) + elementCount(no.dims)],
    bytes: Buffer.concat([yes.bytes, no.bytes]),
  };
  const offset = elementCount(yes.dims);
  return [
    pickElements(both, dims, node, (index) =>
      Number(chosen[broadcastIndex(condition.dims, index, conditionStrides ?? [])]) === 0
        ? offset + broadcastIndex(no.dims, index, noStrides ?? [])
        : broadcastIndex(yes.dims, index, yesStrides ?? []),
    ),
  ];
};

const cast: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  guardSize(data.dims, node);
  const to = node.int("to", 0);
  const integers = is64(data) && (to === DataType.INT64 || to === DataType.UINT64 || to === DataType.INT32);
  if (!integers) return [result(to, data.dims, toNumbers(data))];
  return [
    result(to, data.dims, to === DataType.INT32 ? toBigInts(data).map((value) => Number(BigInt.asIntN(32, value))) : toBigInts(data)),
  ];
};

/** The error function: its Taylor series below 2, the continued fraction of erfc above, where the series cancels. */
export function erf(value: number): number {
  const x = Math.abs(value);
  if (x >= 2) return Math.sign(value) * (1 - erfc(Math.min(x, 27)));
  let sum = x;
  let term = x;
  for (let n = 1; n < 60; n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return Math.sign(value) * (2 / Math.sqrt(Math.PI)) * sum;
}

function erfc(x: number): number {
  let fraction = x;
  for (let n = 60; n > 0; n -= 1) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

const compare = (test: (left: number, right: number) => boolean): ReferenceOp =>
  binary({ number: (left, right) => (test(left, right) ? 1 : 0), toType: DataType.BOOL });

export const elementwiseOps: Readonly<Record<string, ReferenceOp>> = {
  Add: binary({ number: (left, right) => left + right, bigint: (left, right) => left + right }),
  Sub: binary({ number: (left, right) => left - right, bigint: (left, right) => left - right }),
  Mul: binary({ number: (left, right) => left * right, bigint: (left, right) => left * right }),
  Div: divide,
  Pow: binary({ number: (left, right) => left ** right }),
  Min: binary({ number: Math.min, bigint: (left, right) => (left < right ? left : right) }),
  Max: binary({ number: Math.max, bigint: (left, right) => (left > right ? left : right) }),
  Sum: binary({ number: (left, right) => left + right }),
  Equal: compare((left, right) => left === right),
  Less: compare((left, right) => left < right),
  Greater: compare((left, right) => left > right),
  LessOrEqual: compare((left, right) => left <= right),
  GreaterOrEqual: compare((left, right) => left >= right),
  And: compare((left, right) => left !== 0 && right !== 0),
  Or: compare((left, right) => left !== 0 || right !== 0),
  Not: unary((value) => (value === 0 ? 1 : 0)),
  Relu: unary((value) => Math.max(value, 0)),
  LeakyRelu: unary((value, float) => (value < 0 ? value * float("alpha", 0.01) : value)),
  Elu: unary((value, float) => (value < 0 ? float("alpha", 1) * Math.expm1(value) : value)),
  Sigmoid: unary((value) => 1 / (1 + Math.exp(-value))),
  HardSigmoid: unary((value, float) => Math.min(1, Math.max(0, float("alpha", 0.2) * value + float("beta", 0.5)))),
  HardSwish: unary((value) => value * Math.min(1, Math.max(0, value / 6 + 0.5))),
  Softplus: unary((value) => Math.log1p(Math.exp(-Math.abs(value))) + Math.max(value, 0)),
  Tanh: unary(Math.tanh),
  Erf: unary(erf),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((value) => 1 / value),
  Neg: unary((value) => -value),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundHalfEven),
  Clip: clip,
  Where: where,
  Cast: cast,
  Identity: (inputs, node) => [need(inputs, 0, node)],
  Dropout: (inputs, node) => [need(inputs, 0, node)],
};

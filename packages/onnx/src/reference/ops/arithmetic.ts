import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { type Tensor, tensorFromNumbers, toBigInts } from "../../graph/tensor.ts";
import { need, type ReferenceOp, refuse } from "../op.ts";
import { combineNumbers, forEachPair } from "./broadcast.ts";

interface Arithmetic {
  readonly number: (left: number, right: number) => number;
  /** For 64-bit integers and products of 32-bit ones, exactly; without it they go through doubles. */
  readonly bigint?: (left: bigint, right: bigint) => bigint;
}

const WIDE = new Set<number>([DataType.INT64, DataType.UINT64]);
const FLOATS = new Set<number>([DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16]);

export function isFloat(dataType: number | undefined): boolean {
  return dataType !== undefined && FLOATS.has(dataType);
}

function combine(left: Tensor, right: Tensor, node: Node, operation: Arithmetic): Tensor {
  const { bigint } = operation;
  const is32 = left.dataType === DataType.INT32 || left.dataType === DataType.UINT32;
  if (bigint === undefined || !(WIDE.has(left.dataType) || (is32 && node.is("Mul"))) || isFloat(right.dataType))
    return combineNumbers(left, right, node, left.dataType, operation.number);
  const [a, b] = [toBigInts(left), toBigInts(right)];
  const values: bigint[] = [];
  const dims = forEachPair(left.dims, right.dims, node, (at, bt) => void values.push(bigint(a[at] ?? 0n, b[bt] ?? 0n)));
  return tensorFromNumbers(left.dataType, dims, is32 ? values.map((value) => BigInt.asIntN(32, value)) : values);
}

/** From left to right over any number of operands. */
function fold(operation: Arithmetic): ReferenceOp {
  return (inputs, node) => {
    let total = need(inputs, 0, node);
    for (let index = 1; index < inputs.length; index += 1) total = combine(total, need(inputs, index, node), node, operation);
    return [total];
  };
}

/** Integer division truncates, as in C; floats divide. */
const divide: ReferenceOp = (inputs, node, opset) => {
  const float = isFloat(inputs[0]?.dataType);
  const number = float
    ? (left: number, right: number): number => left / right
    : (left: number, right: number): number => {
        if (right === 0) throw refuse(node, "divides an integer by zero");
        return Math.trunc(left / right);
      };
  const bigint = (left: bigint, right: bigint): bigint => {
    if (right === 0n) throw refuse(node, "divides an integer by zero");
    return left / right;
  };
  return fold({ number, bigint })(inputs, node, opset);
};

/** The remainder has the sign of the divisor, with `fmod` that of the dividend. */
const modulo: ReferenceOp = (inputs, node, opset) => {
  if (node.int("fmod", 0) === 1)
    return fold({ number: (left, right) => left % right, bigint: (left, right) => left % right })(inputs, node, opset);
  return fold({
    number: (left, right) => left - Math.floor(left / right) * right,
    bigint: (left, right) => ((left % right) + right) % right,
  })(inputs, node, opset);
};

const power: ReferenceOp = (inputs, node) => {
  const [base, exponent] = [need(inputs, 0, node), need(inputs, 1, node)];
  return [combineNumbers(base, exponent, node, base.dataType, (left, right) => left ** right)];
};

const mean: ReferenceOp = (inputs, node, opset) => {
  const [total] = fold({ number: (left, right) => left + right })(inputs, node, opset);
  if (total === undefined) return [];
  const count = tensorFromNumbers(total.dataType, [], [inputs.length]);
  return [combineNumbers(total, count, node, total.dataType, (left, right) => left / right)];
};

const prelu: ReferenceOp = (inputs, node) => {
  const [data, slope] = [need(inputs, 0, node), need(inputs, 1, node)];
  return [combineNumbers(data, slope, node, data.dataType, (value, factor) => (value < 0 ? value * factor : value))];
};

export const arithmeticOps: Readonly<Record<string, ReferenceOp>> = {
  Add: fold({ number: (left, right) => left + right, bigint: (left, right) => left + right }),
  Sub: fold({ number: (left, right) => left - right, bigint: (left, right) => left - right }),
  Mul: fold({ number: (left, right) => left * right, bigint: (left, right) => left * right }),
  Div: divide,
  Mod: modulo,
  Pow: power,
  Min: fold({ number: Math.min, bigint: (left, right) => (left < right ? left : right) }),
  Max: fold({ number: Math.max, bigint: (left, right) => (left > right ? left : right) }),
  Sum: fold({ number: (left, right) => left + right }),
  Mean: mean,
  PRelu: prelu,
};

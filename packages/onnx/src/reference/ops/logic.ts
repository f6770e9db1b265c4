import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { type Tensor, tensorFromNumbers, toBigInts } from "../../graph/tensor.ts";
import { need, pickElements, type ReferenceOp, result, stridesOf, valuesOf } from "../op.ts";
import { broadcastDims, broadcastIndex, combineNumbers, forEachPair } from "./broadcast.ts";
import { elementCount, toNumbers } from "../../graph/tensor.ts";

const is64 = (tensor: Tensor): boolean => tensor.dataType === DataType.INT64 || tensor.dataType === DataType.UINT64;

function compare(test: (left: number | bigint | string, right: number | bigint | string) => boolean): ReferenceOp {
  return (inputs, node) => {
    const [left, right] = [need(inputs, 0, node), need(inputs, 1, node)];
    const [a, b] = [comparable(left), comparable(right)];
    const values: number[] = [];
    const dims = forEachPair(left.dims, right.dims, node, (at, bt) => void values.push(test(a[at] ?? 0, b[bt] ?? 0) ? 1 : 0));
    return [result(DataType.BOOL, dims, values)];
  };
}

function comparable(tensor: Tensor): ArrayLike<number | bigint | string> {
  if (tensor.strings !== undefined) return tensor.strings.map((value) => Buffer.from(value).toString("utf8"));
  return is64(tensor) ? toBigInts(tensor) : toNumbers(tensor);
}

function logical(test: (left: number, right: number) => boolean): ReferenceOp {
  return (inputs, node) => [
    combineNumbers(need(inputs, 0, node), need(inputs, 1, node), node, DataType.BOOL, (left, right) => (test(left, right) ? 1 : 0)),
  ];
}

function predicate(test: (value: number, node: Node) => boolean): ReferenceOp {
  return (inputs, node) => {
    const data = need(inputs, 0, node);
    return [
      result(
        DataType.BOOL,
        data.dims,
        valuesOf(data).map((value) => (test(value, node) ? 1 : 0)),
      ),
    ];
  };
}

const where: ReferenceOp = (inputs, node) => {
  const [condition, yes, no] = [need(inputs, 0, node), need(inputs, 1, node), need(inputs, 2, node)];
  const dims = broadcastDims(broadcastDims(condition.dims, yes.dims, node), no.dims, node);
  const chosen = valuesOf(condition);
  const [conditionStrides, yesStrides, noStrides] = [condition, yes, no].map((tensor) => stridesOf(tensor.dims));
  const offset = elementCount(yes.dims);
  const both: Tensor = {
    dataType: yes.dataType,
    dims: [offset + elementCount(no.dims)],
    bytes: Buffer.concat([yes.bytes, no.bytes]),
    ...(yes.strings === undefined ? {} : { strings: [...yes.strings, ...(no.strings ?? [])] }),
  };
  return [
    pickElements(both, dims, node, (index) =>
      chosen[broadcastIndex(condition.dims, index, conditionStrides ?? [])] === 0
        ? offset + broadcastIndex(no.dims, index, noStrides ?? [])
        : broadcastIndex(yes.dims, index, yesStrides ?? []),
    ),
  ];
};

function bitwise(operation: (left: bigint, right: bigint, node: Node) => bigint): ReferenceOp {
  return (inputs, node) => {
    const [left, right] = [need(inputs, 0, node), need(inputs, 1, node)];
    const [a, b] = [toBigInts(left), toBigInts(right)];
    const values: bigint[] = [];
    const dims = forEachPair(left.dims, right.dims, node, (at, bt) => void values.push(operation(a[at] ?? 0n, b[bt] ?? 0n, node)));
    return [tensorFromNumbers(left.dataType, dims, is64(left) ? values : values.map((value) => Number(BigInt.asIntN(32, value))))];
  };
}

export const logicOps: Readonly<Record<string, ReferenceOp>> = {
  Equal: compare((left, right) => left === right),
  Less: compare((left, right) => left < right),
  Greater: compare((left, right) => left > right),
  LessOrEqual: compare((left, right) => left <= right),
  GreaterOrEqual: compare((left, right) => left >= right),
  And: logical((left, right) => left !== 0 && right !== 0),
  Or: logical((left, right) => left !== 0 || right !== 0),
  Xor: logical((left, right) => (left !== 0) !== (right !== 0)),
  Not: predicate((value) => value === 0),
  IsNaN: predicate((value) => Number.isNaN(value)),
  IsInf: predicate(
    (value, node) =>
      (value === Infinity && node.int("detect_positive", 1) === 1) || (value === -Infinity && node.int("detect_negative", 1) === 1),
  ),
  BitwiseAnd: bitwise((left, right) => left & right),
  BitwiseOr: bitwise((left, right) => left | right),
  BitwiseXor: bitwise((left, right) => left ^ right),
  BitwiseNot: (inputs, node) => {
    const data = need(inputs, 0, node);
    const flipped = toBigInts(data).map((value) => ~value);
    return [tensorFromNumbers(data.dataType, data.dims, is64(data) ? flipped : flipped.map(Number))];
  },
  BitShift: bitwise((left, right, node) => (node.string("direction", "") === "LEFT" ? left << right : left >> right)),
  Where: where,
};

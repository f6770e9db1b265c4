import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { type Tensor, tensorFromNumbers, toBigInts, toNumbers } from "../../graph/tensor.ts";
import { need, type ReferenceOp, refuse } from "../op.ts";
import { isFloat } from "./arithmetic.ts";

const is64 = (type: number): boolean => type === DataType.INT64 || type === DataType.UINT64;

function convert(data: Tensor, to: number, node: Node): Tensor {
  if (to === data.dataType) return data;
  if (to === DataType.STRING) return toStrings(data);
  if (data.strings !== undefined) return tensorFromNumbers(to, data.dims, Float64Array.from(data.strings, parse));
  if (is64(data.dataType) && !isFloat(to)) return narrow(data, to);
  const values = toNumbers(data);
  if (isFloat(data.dataType) && !isFloat(to) && to !== DataType.BOOL && values.some((value) => !Number.isFinite(value)))
    throw refuse(node, "casts an infinity or NaN to an integer");
  return tensorFromNumbers(to, data.dims, values);
}

/** From 64-bit integers, bit for bit. */
function narrow(data: Tensor, to: number): Tensor {
  const values = toBigInts(data);
  if (is64(to)) return { ...data, dataType: to };
  if (to === DataType.BOOL)
    return tensorFromNumbers(
      to,
      data.dims,
      Float64Array.from(values, (value) => (value === 0n ? 0 : 1)),
    );
  return tensorFromNumbers(
    to,
    data.dims,
    Float64Array.from(values, (value) => Number(BigInt.asIntN(32, value))),
  );
}

function toStrings(data: Tensor): Tensor {
  const strings = Array.from(toNumbers(data), (value) => new TextEncoder().encode(format(value, data.dataType)));
  return { dataType: DataType.STRING, dims: data.dims, bytes: new Uint8Array(), strings };
}

/** The shortest text that reads back as the same value. */
function format(value: number, type: number): string {
  if (type !== DataType.FLOAT) return String(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function parse(text: Uint8Array): number {
  const word = Buffer.from(text).toString("utf8").trim();
  const special = /^([+-]?)inf(inity)?$/iu.exec(word);
  if (special !== null) return special[1] === "-" ? -Infinity : Infinity;
  return Number(word);
}

export const castOps: Readonly<Record<string, ReferenceOp>> = {
  Cast: (inputs, node) => [convert(need(inputs, 0, node), node.int("to", 0), node)],
  CastLike: (inputs, node) => [convert(need(inputs, 0, node), need(inputs, 1, node).dataType, node)],
};

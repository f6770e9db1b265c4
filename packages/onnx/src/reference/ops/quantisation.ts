import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import { type Tensor, tensorFromNumbers } from "../../graph/tensor.ts";
import { forEachIndex, need, type ReferenceOp, refuse, result, scalarOf, stridesOf, valuesOf } from "../op.ts";
import { roundHalfEven } from "./elementwise.ts";

interface Values {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

const RANGES: Readonly<Record<number, readonly [number, number]>> = {
  [DataType.UINT8]: [0, 255],
  [DataType.INT8]: [-128, 127],
  [DataType.UINT16]: [0, 65_535],
  [DataType.INT16]: [-32_768, 32_767],
  [DataType.INT32]: [-(2 ** 31), 2 ** 31 - 1],
  [DataType.UINT4]: [0, 15],
  [DataType.INT4]: [-8, 7],
};

/**
 * The value of a scale or zero point for a flat index into a tensor of `dims`: one for all, one per index of `axis`, or, with `block`,
 * one per `block` indices of it (ONNX QuantizeLinear, "blocked").
 */
export function perAxis(parameter: Tensor, dims: readonly number[], axis: number, block: number | null): (flat: number) => number {
  const values = valuesOf(parameter);
  if (values.length === 1 && block === null) return () => values[0] ?? 0;
  const strides = stridesOf(dims);
  const stride = strides[axis] ?? 1;
  const size = dims[axis] ?? 1;
  if (block === null) return (flat) => values[Math.floor(flat / stride) % size] ?? 0;
  const places: number[] = [];
  const parameterStrides = stridesOf(parameter.dims);
  forEachIndex(dims, (index, flat) => {
    places[flat] = index.reduce(
      (total, at, here) => total + (here === axis ? Math.floor(at / block) : at) * (parameterStrides[here] ?? 0),
      0,
    );
  });
  return (flat) => values[places[flat] ?? 0] ?? 0;
}

function saturate(value: number, type: number, node: Node | null): number {
  const range = RANGES[type];
  if (range === undefined) {
    if (node !== null) throw refuse(node, `quantises to element type ${type}`);
    return value;
  }
  return Math.min(Math.max(value, range[0]), range[1]);
}

/** Values less their zero point, which stands per tensor (`axis` null) or per index of `axis`. */
export function withoutZeroPoint(tensor: Tensor, zeroPoint: Tensor | null, axis: number | null): Values {
  const values = valuesOf(tensor);
  if (zeroPoint === null) return { dims: tensor.dims, data: values };
  const zero = axis === null ? (): number => scalarOf(zeroPoint, 0) : perAxis(zeroPoint, tensor.dims, axis, null);
  return { dims: tensor.dims, data: values.map((value, flat) => value - zero(flat)) };
}

/** round(sum · factor / scale) + zero point, saturated. */
export function requantise(sum: Values, factor: (flat: number) => number, scale: Tensor, zeroPoint: Tensor): Tensor {
  const [divisor, zero] = [scalarOf(scale, 1), scalarOf(zeroPoint, 0)];
  const data = sum.data.map((value, flat) => saturate(roundHalfEven((value * factor(flat)) / divisor) + zero, zeroPoint.dataType, null));
  return tensorFromNumbers(zeroPoint.dataType, sum.dims, data);
}

function blockOf(node: Node): number | null {
  const size = node.int("block_size", 0);
  return size > 0 ? size : null;
}

function axisIn(node: Node, rank: number): number {
  const axis = node.int("axis", 1);
  return axis < 0 ? axis + rank : axis;
}

/** y = saturate(round half to even(x / scale) + zero point); the quotient is rounded to x's own precision first, as runtimes do. */
const quantizeLinear: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const zeroPoint = inputs[2] ?? null;
  const type = zeroPoint?.dataType ?? node.int("output_dtype", DataType.UINT8);
  const axis = axisIn(node, data.dims.length);
  const scale = perAxis(need(inputs, 1, node), data.dims, axis, blockOf(node));
  const zero = zeroPoint === null ? (): number => 0 : perAxis(zeroPoint, data.dims, axis, blockOf(node));
  const quotient = data.dataType === DataType.FLOAT ? Math.fround : (value: number): number => value;
  const values = valuesOf(data).map((value, flat) => saturate(roundHalfEven(quotient(value / scale(flat))) + zero(flat), type, node));
  return [result(type, data.dims, values)];
};

const dequantizeLinear: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const scales = need(inputs, 1, node);
  const zeroPoint = inputs[2] ?? null;
  const axis = axisIn(node, data.dims.length);
  if (RANGES[data.dataType] === undefined) throw refuse(node, `dequantises element type ${data.dataType}`);
  const scale = perAxis(scales, data.dims, axis, blockOf(node));
  const zero = zeroPoint === null ? (): number => 0 : perAxis(zeroPoint, data.dims, axis, blockOf(node));
  return [
    result(
      scales.dataType,
      data.dims,
      valuesOf(data).map((value, flat) => (value - zero(flat)) * scale(flat)),
    ),
  ];
};

/** Each step is rounded to float32, as the operator's definition as a function does. */
const dynamicQuantizeLinear: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const values = valuesOf(data);
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const scale = Math.fround(Math.fround(high - low) / 255);
  const zero = scale === 0 ? 0 : saturate(roundHalfEven(Math.fround((0 - low) / scale)), DataType.UINT8, node);
  const quantised = values.map((value) =>
    saturate(roundHalfEven(scale === 0 ? 0 : Math.fround(value / scale)) + zero, DataType.UINT8, node),
  );
  return [result(DataType.UINT8, data.dims, quantised), result(DataType.FLOAT, [], [scale]), result(DataType.UINT8, [], [zero])];
};

export const quantisationOps: Readonly<Record<string, ReferenceOp>> = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
};

import { DataType, type Tensor, tensorFromNumbers, toNumbers } from "@flotilla/onnx";
import { type Constant, permute } from "./constant-store.ts";
import type { Emitter } from "./emitter.ts";
import { identity, type Perm } from "./layout.ts";
import type { Quant } from "./target-model.ts";

/** A layer's weights as int8 with zero point 0, and where their scales belong. */
export interface IntegerWeights {
  readonly tensor: Tensor;
  readonly quant: Quant;
}

/**
 * The weights of a layer for int8 kernels, which know no zero points in weights: what is quantised otherwise is quantised again, one scale per slice of
 * `channelAxis`, over its own range. Null where they are not constant.
 */
export function integerWeights(emitter: Emitter, value: string, channelAxis: number): IntegerWeights | null {
  const constant = emitter.constants.find(value);
  if (constant === null) return null;
  const { tensor, quant } = constant;
  const plain = quant !== null && tensor.dataType === DataType.INT8 && quant.zeroPoints.every((zero) => zero === 0);
  if (plain && (quant.scales.length === 1 || quant.axis === channelAxis)) return { tensor, quant };
  if (quant !== null)
    emitter.notes.add("Weights with zero points, or with scales along another axis, were quantised again: one scale per output channel.");
  return quantiseSymmetric(emitter.constants.inFloat(constant).tensor, channelAxis);
}

function quantiseSymmetric(tensor: Tensor, axis: number): IntegerWeights {
  const values = toNumbers(tensor);
  const channels = tensor.dims[axis] ?? 1;
  const inner = tensor.dims.slice(axis + 1).reduce((total, dim) => total * dim, 1);
  const channelOf = (index: number): number => Math.floor(index / inner) % channels;
  const largest = new Float64Array(channels);
  for (const [index, value] of values.entries()) largest[channelOf(index)] = Math.max(largest[channelOf(index)] ?? 0, Math.abs(value));
  const scales = [...largest].map((value) => Math.fround(value / 127) || 1);
  const integers = values.map((value, index) => Math.max(-127, Math.min(127, Math.round(value / (scales[channelOf(index)] ?? 1)))));
  return { tensor: tensorFromNumbers(DataType.INT8, tensor.dims, integers), quant: { scales, zeroPoints: scales.map(() => 0), axis } };
}

/** Puts int8 weights into the layout in which the kernel wants them. */
export function placeWeights(emitter: Emitter, { tensor, quant }: IntegerWeights, perm: Perm, hint: string): number {
  return emitter.integerConstant(permute(tensor, perm), quant, hint, perm);
}

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** A layer's bias as int32 in steps of input scale · weight scale, as the specification asks; zeros where there is none. */
export function integerBias(emitter: Emitter, value: string, channels: number, inputScale: number, weights: Quant): number {
  const constant = value === "" ? null : emitter.constants.find(value);
  const values = constant === null ? new Float64Array(channels) : toNumbers(emitter.constants.inFloat(constant).tensor);
  const scales = Array.from({ length: weights.scales.length }, (_, index) => inputScale * (weights.scales[index] ?? 1));
  const integers = Float64Array.from({ length: channels }, (_, channel) => {
    const scale = scales[scales.length === 1 ? 0 : channel] ?? 1;
    return Math.max(INT32.min, Math.min(INT32.max, Math.round((values[values.length === 1 ? 0 : channel] ?? 0) / scale)));
  });
  const tensor = tensorFromNumbers(DataType.INT32, [channels], integers);
  return emitter.integerConstant(tensor, { scales, zeroPoints: scales.map(() => 0), axis: 0 }, value === "" ? "bias" : value, identity(1));
}

/** A layer's bias in float; zeros where there is none, which delegates expect. */
export function floatBias(emitter: Emitter, value: string, channels: number): number {
  const constant: Constant | null = value === "" ? null : emitter.constants.find(value);
  if (value !== "" && constant === null) return emitter.readFloat(value);
  const values = constant === null ? new Float64Array(channels) : toNumbers(emitter.constants.inFloat(constant).tensor);
  const bias = Float64Array.from({ length: channels }, (_, channel) => values[values.length === 1 ? 0 : channel] ?? 0);
  return emitter.constant(tensorFromNumbers(DataType.FLOAT, [channels], bias), value === "" ? "bias" : value);
}

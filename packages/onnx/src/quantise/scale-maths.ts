import { roundHalfEven } from "../reference/ops/elementwise.ts";

/** Real value = scale · (quantised − zeroPoint), as QuantizeLinear and DequantizeLinear define it. `scale` is an exact float32. */
export interface QuantParams {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export const UINT8_RANGE: IntegerRange = { min: 0, max: 255 };
export const INT8_RANGE: IntegerRange = { min: -128, max: 127 };
export const UINT16_RANGE: IntegerRange = { min: 0, max: 65_535 };
export const INT16_RANGE: IntegerRange = { min: -32_768, max: 32_767 };
/** Unsigned weights of 7 bits. */
export const UINT7_RANGE: IntegerRange = { min: 0, max: 127 };
/** Symmetric weights: no −128, so that −w is representable and products cannot overflow their pair sum. */
export const INT8_SYMMETRIC: IntegerRange = { min: -127, max: 127 };
/** 255 · 64 · 2 = 32,640 fits int16: x86 without VNNI adds two products before it widens (vpmaddubsw saturates at 32,767). */
export const INT7_SYMMETRIC: IntegerRange = { min: -64, max: 64 };

/** Below this a scale's reciprocal overflows float32 or its products become denormal. */
const SMALLEST_SCALE = 2 ** -100;

/** Asymmetric parameters for [low, high]: the range is widened to hold 0, and 0 is exact. */
export function asymmetricParams(low: number, high: number, range: IntegerRange): QuantParams {
  const from = Math.min(0, low);
  const to = Math.max(0, high);
  const scale = Math.fround((to - from) / (range.max - range.min));
  if (!Number.isFinite(scale) || scale < SMALLEST_SCALE) return { scale: 1, zeroPoint: range.min };
  const zeroPoint = roundHalfEven(range.min - from / scale);
  return { scale, zeroPoint: Math.min(range.max, Math.max(range.min, zeroPoint)) };
}

/** Symmetric parameters: zero point 0, the largest magnitude on the last step. */
export function symmetricParams(absMax: number, range: IntegerRange): QuantParams {
  const scale = Math.fround(absMax / range.max);
  return { scale: Number.isFinite(scale) && scale >= SMALLEST_SCALE ? scale : 1, zeroPoint: 0 };
}

/** QuantizeLinear: saturate(round half to even(x / scale) + zero point), the division in float32. */
export function quantiseValue(value: number, params: QuantParams, range: IntegerRange): number {
  const steps = roundHalfEven(Math.fround(value / params.scale)) + params.zeroPoint;
  return Math.min(range.max, Math.max(range.min, steps));
}

export function dequantiseValue(quantised: number, params: QuantParams): number {
  return Math.fround((quantised - params.zeroPoint) * params.scale);
}

/** Quantises an array to the bytes of an 8- or 16-bit tensor. */
export function quantiseArray(values: Float32Array, params: QuantParams, range: IntegerRange, bytesEach: 1 | 2): Uint8Array {
  const bytes = new Uint8Array(values.length * bytesEach);
  const target = bytesEach === 1 ? bytes : new Uint16Array(bytes.buffer);
  // Two's complement: storing a negative number in an unsigned element keeps its low bits.
  for (let index = 0; index < values.length; index += 1) target[index] = quantiseValue(values[index] ?? 0, params, range);
  return bytes;
}

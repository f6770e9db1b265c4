import { DataType } from "../graph/data-types.ts";
import { elementCount, float32View, type Tensor, tensorFromNumbers } from "../graph/tensor.ts";
import { INT7_SYMMETRIC, INT8_SYMMETRIC, quantiseValue, symmetricParams } from "./scale-maths.ts";

export interface QuantisedWeights {
  readonly weights: Tensor;
  /** One per channel along `axis`, or one for all. */
  readonly scales: Float32Array;
  readonly axis: number;
}

export interface WeightOptions {
  readonly axis: number;
  readonly perChannel: boolean;
  readonly reduceRange: boolean;
  /** Smallest scale per channel, so that the channel's bias fits int32 steps of s_x · s_w. */
  readonly floors?: ArrayLike<number>;
}

/** The channel of each flat index along `axis`. */
function channelIndex(dims: readonly number[], axis: number): (flat: number) => number {
  const inner = elementCount(dims.slice(axis + 1));
  const count = dims[axis] ?? 1;
  return (flat) => Math.floor(flat / inner) % count;
}

/** Symmetric int8 weights; 7 bits with `reduceRange`. A channel of zeros takes the mean scale, so that its bias stays fine-grained. */
export function quantiseWeights(tensor: Tensor, options: WeightOptions): QuantisedWeights {
  const values = float32View(tensor);
  const range = options.reduceRange ? INT7_SYMMETRIC : INT8_SYMMETRIC;
  const channelOf = options.perChannel ? channelIndex(tensor.dims, options.axis) : () => 0;
  const largest = new Float64Array(options.perChannel ? (tensor.dims[options.axis] ?? 1) : 1);
  for (const [flat, value] of values.entries()) {
    const channel = channelOf(flat);
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(value));
  }
  const floor = (channel: number): number => {
    if (options.floors === undefined) return 0;
    return options.perChannel ? (options.floors[channel] ?? 0) : Math.max(0, ...Array.from(options.floors));
  };
  const filled = largest.filter((value) => value > 0);
  const mean = filled.length === 0 ? 1 : filled.reduce((sum, value) => sum + value, 0) / filled.length;
  const scales = Float32Array.from(largest, (value, channel) =>
    Math.max(symmetricParams(value === 0 ? mean : value, range).scale, floor(channel)),
  );
  const quantised = Array.from(values, (value, flat) => quantiseValue(value, { scale: scales[channelOf(flat)] ?? 1, zeroPoint: 0 }, range));
  return { weights: tensorFromNumbers(DataType.INT8, tensor.dims, quantised), scales, axis: options.axis };
}

const INT32_MAX = 2 ** 31 - 1;

/** The smallest weight scales with which every bias is at most half of int32. */
export function biasFloors(bias: Float32Array, inputScale: number): Float64Array {
  return Float64Array.from(bias, (value) => Math.abs(value) / (inputScale * (INT32_MAX / 2)));
}

/** Bias in int32 steps of s_x · s_w (the product in float32, as runtimes form it), zero point 0. */
export function quantiseBias(
  bias: Float32Array,
  inputScale: number,
  weightScales: Float32Array,
): { values: Int32Array; scales: Float32Array } {
  const scales = weightScales.map((scale) => Math.fround(scale * inputScale));
  const values = Int32Array.from(bias, (value, channel) => {
    const params = { scale: scales[scales.length === 1 ? 0 : channel] ?? 1, zeroPoint: 0 };
    // In doubles: a float32 quotient has only 24 bits of the 32.
    return Math.min(INT32_MAX, Math.max(-INT32_MAX, Math.round(value / params.scale)));
  });
  return { values, scales };
}

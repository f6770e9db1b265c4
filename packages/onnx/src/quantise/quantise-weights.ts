import { DataType } from "../graph/data-types.ts";
import { elementCount, float32View, type Tensor } from "../graph/tensor.ts";
import {
  asymmetricParams,
  INT7_SYMMETRIC,
  INT8_SYMMETRIC,
  type IntegerRange,
  symmetricParams,
  UINT7_RANGE,
  UINT8_RANGE,
} from "./scale-maths.ts";

export interface QuantisedWeights {
  readonly weights: Tensor;
  /** One per channel along `axis`, or one for all. */
  readonly scales: Float32Array;
  /** As many; all 0 for signed weights. */
  readonly zeroPoints: Uint8Array;
  readonly axis: number;
  /** Sum of squared rounding errors. */
  readonly squaredError: number;
}

export interface WeightOptions {
  /** The axis of the channels; null: one scale for all. */
  readonly axis: number | null;
  readonly reduceRange: boolean;
  /** "int8" is symmetric, "uint8" has a zero point a channel. Default int8. */
  readonly type?: "int8" | "uint8";
  /** Smallest scale per channel, so that the channel's bias fits int32 steps of s_x · s_w. */
  readonly floors?: ArrayLike<number>;
}

/** Adding and taking away 1.5 · 2^52 leaves a double rounded to an integer, half to even. */
const ROUNDER = 6_755_399_441_055_744;

/** Integer weights; 7 bits with `reduceRange`. A channel of zeros takes the mean range, so that its bias stays fine-grained. */
export function quantiseWeights(tensor: Tensor, options: WeightOptions): QuantisedWeights {
  const values = float32View(tensor);
  const axis = options.axis ?? 0;
  const channels = options.axis === null ? 1 : (tensor.dims[axis] ?? 1);
  const inner = options.axis === null ? values.length : elementCount(tensor.dims.slice(axis + 1));
  const { scales, zeroPoints, range } = chooseScales(values, channels, inner, options);
  const unsigned = options.type === "uint8";
  const bytes = new Uint8Array(values.length);
  const quantised = unsigned ? bytes : new Int8Array(bytes.buffer);
  let squaredError = 0;
  for (let start = 0, channel = 0; start < values.length; start += inner, channel = (channel + 1) % channels) {
    const scale = scales[channel] ?? 1;
    const zeroPoint = zeroPoints[channel] ?? 0;
    for (let index = start; index < start + inner; index += 1) {
      const value = values[index] ?? 0;
      // The quotient in float32, as QuantizeLinear forms it.
      const rounded = Math.fround(value / scale) + ROUNDER - ROUNDER + zeroPoint;
      const clipped = rounded < range.min ? range.min : rounded > range.max ? range.max : rounded;
      quantised[index] = clipped;
      const error = value - (clipped - zeroPoint) * scale;
      squaredError += error * error;
    }
  }
  return {
    weights: { dataType: unsigned ? DataType.UINT8 : DataType.INT8, dims: tensor.dims, bytes },
    scales,
    zeroPoints,
    axis,
    squaredError,
  };
}

/**
 * One scale for the whole tensor where a scale per channel gains less than a decibel, else per channel.
 */
export function quantiseCompactly(tensor: Tensor, options: WeightOptions): QuantisedWeights {
  const perChannel = quantiseWeights(tensor, options);
  const perTensor = quantiseWeights(tensor, { ...options, axis: null });
  return perTensor.squaredError <= perChannel.squaredError * 10 ** 0.1 ? perTensor : perChannel;
}

interface Scales {
  readonly scales: Float32Array;
  readonly zeroPoints: Uint8Array;
  readonly range: IntegerRange;
}

function chooseScales(values: Float32Array, channels: number, inner: number, options: WeightOptions): Scales {
  const lows = new Float64Array(channels);
  const highs = new Float64Array(channels);
  for (let start = 0, channel = 0; start < values.length; start += inner, channel = (channel + 1) % channels) {
    let [low, high] = [lows[channel] ?? 0, highs[channel] ?? 0];
    for (let index = start; index < start + inner; index += 1) {
      const value = values[index] ?? 0;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    lows[channel] = low;
    highs[channel] = high;
  }
  const unsigned = options.type === "uint8";
  const range = unsigned ? (options.reduceRange ? UINT7_RANGE : UINT8_RANGE) : options.reduceRange ? INT7_SYMMETRIC : INT8_SYMMETRIC;
  const mean = meanReach(lows, highs);
  const params = Array.from(lows, (low, channel) => {
    const high = highs[channel] ?? 0;
    if (!unsigned) return symmetricParams(Math.max(-low, high) || mean, range);
    return low === high ? asymmetricParams(-mean, mean, range) : asymmetricParams(low, high, range);
  });
  const scales = Float32Array.from(params, ({ scale }, channel) => Math.max(scale, floorOf(options, channel)));
  // A scale that its bias raised moves the zero point too.
  const zeroPoints = Uint8Array.from(params, ({ scale, zeroPoint }, channel) => {
    const raised = scales[channel] ?? scale;
    return raised === scale ? zeroPoint : Math.min(range.max, Math.max(range.min, Math.round(range.min - (lows[channel] ?? 0) / raised)));
  });
  return { scales, zeroPoints: unsigned ? zeroPoints : new Uint8Array(channels), range };
}

function meanReach(lows: Float64Array, highs: Float64Array): number {
  const filled = lows.map((low, channel) => Math.max(-low, highs[channel] ?? 0)).filter((reach) => reach > 0);
  return filled.length === 0 ? 1 : filled.reduce((sum, reach) => sum + reach, 0) / filled.length;
}

function floorOf({ floors, axis }: WeightOptions, channel: number): number {
  if (floors === undefined) return 0;
  return axis === null ? Array.from(floors).reduce((most, floor) => Math.max(most, floor), 0) : (floors[channel] ?? 0);
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
    const scale = scales[scales.length === 1 ? 0 : channel] ?? 1;
    // In doubles: a float32 quotient has only 24 bits of the 32.
    return Math.min(INT32_MAX, Math.max(-INT32_MAX, Math.round(value / scale)));
  });
  return { values, scales };
}

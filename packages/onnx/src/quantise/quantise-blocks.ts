import { DataType } from "../graph/data-types.ts";
import { float32View, floatTensor, type Tensor } from "../graph/tensor.ts";

export interface BlockedWeights {
  /** [K, N] integers, two a byte with 4 bits. */
  readonly weights: Tensor;
  /** [⌈K / block⌉, N], float32. */
  readonly scales: Tensor;
  /** Like the scales, in the weights' type; null for symmetric weights. */
  readonly zeroPoints: Tensor | null;
}

interface BlockOptions {
  readonly bits: 4 | 8;
  readonly blockSize: number;
  readonly symmetric: boolean;
}

/** A few wild values can cost all the others half of the steps: each block tries these shares of its range and keeps the best. */
const SHARES = [1, 0.95, 0.9, 0.85, 0.8] as const;

/** Quantises weights [K, N] in blocks of values below each other, as DequantizeLinear of opset 21 reads them with axis 0. */
export function quantiseBlocks(tensor: Tensor, { bits, blockSize, symmetric }: BlockOptions): BlockedWeights {
  const [rows = 0, columns = 0] = tensor.dims;
  const values = float32View(tensor);
  const blocks = Math.ceil(rows / blockSize);
  const levels = { low: symmetric ? -(2 ** (bits - 1)) : 0, high: symmetric ? 2 ** (bits - 1) - 1 : 2 ** bits - 1 };
  const integers = symmetric ? new Int8Array(values.length) : new Uint8Array(values.length);
  const scales = new Float32Array(blocks * columns);
  const zeroPoints = new Uint8Array(symmetric ? 0 : blocks * columns);
  for (let block = 0; block < blocks; block += 1) {
    const from = block * blockSize;
    const to = Math.min(rows, from + blockSize);
    for (let column = 0; column < columns; column += 1) {
      const slice = { values, columns, column, from, to };
      const { scale, zeroPoint } = chooseStep(slice, levels);
      scales[block * columns + column] = scale;
      if (!symmetric) zeroPoints[block * columns + column] = zeroPoint;
      for (let row = from; row < to; row += 1) {
        const index = row * columns + column;
        integers[index] = nearest(values[index] ?? 0, scale, zeroPoint, levels);
      }
    }
  }
  const dataType = integerType(bits, symmetric);
  const pack = (data: Uint8Array): Uint8Array => (bits === 4 ? packNibbles(data) : data);
  return {
    weights: { dataType, dims: tensor.dims, bytes: pack(new Uint8Array(integers.buffer)) },
    scales: floatTensor([blocks, columns], scales),
    zeroPoints: symmetric ? null : { dataType, dims: [blocks, columns], bytes: pack(zeroPoints) },
  };
}

interface Slice {
  readonly values: Float32Array;
  readonly columns: number;
  readonly column: number;
  readonly from: number;
  readonly to: number;
}

interface Levels {
  readonly low: number;
  readonly high: number;
}

interface Step {
  readonly scale: number;
  readonly zeroPoint: number;
}

function chooseStep(slice: Slice, levels: Levels): Step {
  const { values, columns, column, from, to } = slice;
  let [low, high] = [0, 0];
  for (let row = from; row < to; row += 1) {
    const value = values[row * columns + column] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) return { scale: 1, zeroPoint: 0 };
  let best = stepFor(low, high, levels);
  let least = squaredError(slice, best, levels);
  for (const share of SHARES.slice(1)) {
    const step = stepFor(low * share, high * share, levels);
    const error = squaredError(slice, step, levels);
    if (error < least) [best, least] = [step, error];
  }
  return best;
}

function stepFor(low: number, high: number, levels: Levels): Step {
  if (levels.low < 0) return { scale: Math.fround(Math.max(-low, high) / levels.high), zeroPoint: 0 };
  const scale = Math.fround((high - low) / levels.high);
  return { scale, zeroPoint: Math.min(levels.high, Math.max(0, Math.round(-low / scale))) };
}

function squaredError({ values, columns, column, from, to }: Slice, { scale, zeroPoint }: Step, levels: Levels): number {
  let sum = 0;
  for (let row = from; row < to; row += 1) {
    const value = values[row * columns + column] ?? 0;
    const error = value - (nearest(value, scale, zeroPoint, levels) - zeroPoint) * scale;
    sum += error * error;
  }
  return sum;
}

function nearest(value: number, scale: number, zeroPoint: number, { low, high }: Levels): number {
  const steps = Math.round(value / scale) + zeroPoint;
  return steps < low ? low : steps > high ? high : steps;
}

function integerType(bits: 4 | 8, symmetric: boolean): number {
  if (bits === 8) return symmetric ? DataType.INT8 : DataType.UINT8;
  return symmetric ? DataType.INT4 : DataType.UINT4;
}

/** The first of two elements in the low bits, as ONNX packs them. */
function packNibbles(values: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(values.length / 2));
  for (let index = 0; index < packed.length; index += 1)
    packed[index] = ((values[2 * index] ?? 0) & 15) | (((values[2 * index + 1] ?? 0) & 15) << 4);
  return packed;
}

import { DataType } from "../../graph/data-types.ts";
import type { Node } from "../../graph/node.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { windowOf, windowOutput } from "../../infer/ops/convolution.ts";
import { forEachIndex, guardSize, need, type ReferenceOp, result, stridesOf, valuesOf } from "../op.ts";
import { perAxis, requantise, withoutZeroPoint } from "./quantisation.ts";

/** A tensor's elements as doubles: what the arithmetic of this folder works on. */
export interface Values {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export function valuesIn(tensor: Tensor): Values {
  return { dims: tensor.dims, data: valuesOf(tensor) };
}

export interface ResolvedWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before and behind, per axis, with auto_pad worked out. */
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly output: readonly number[];
}

/** The sliding window of Conv and the pooling operators over `sizes` (the axes behind batch and channels). */
export function resolveWindow(node: Node, sizes: readonly number[], kernel: readonly number[]): ResolvedWindow {
  const window = windowOf({ node }, sizes.length, kernel);
  const output = sizes.map((size, axis) => Number(windowOutput(size, axis, window)));
  const same = window.autoPad.startsWith("SAME");
  const total = sizes.map((size, axis) => {
    const extent = ((kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1;
    return Math.max(0, ((output[axis] ?? 1) - 1) * (window.strides[axis] ?? 1) + extent - size);
  });
  const half = total.map((pads) => (window.autoPad === "SAME_LOWER" ? Math.ceil(pads / 2) : Math.floor(pads / 2)));
  const given = window.autoPad === "VALID" ? [] : window.pads;
  const begins = sizes.map((_, axis) => (same ? half[axis] : given[axis]) ?? 0);
  const ends = sizes.map((_, axis) => (same ? (total[axis] ?? 0) - (half[axis] ?? 0) : given[axis + sizes.length]) ?? 0);
  return { kernel, strides: window.strides, dilations: window.dilations, begins, ends, output };
}

/** y[n, m, o] = bias[m] + Σ x[n, c, o·stride − pad + k·dilation] · w[m, c, k], per group; x [N, C, …], w [M, C/g, …]. */
export function convolve(x: Values, w: Values, bias: Float64Array | null, node: Node): Values {
  const [batch = 1, channels = 1, ...sizes] = x.dims;
  const [outputs = 1, perGroup = 1, ...kernel] = w.dims;
  const window = resolveWindow(node, sizes, kernel);
  const dims = [batch, outputs, ...window.output];
  const data = new Float64Array(guardSize(dims, node));
  const [positions, taps] = [window.output.reduce((a, b) => a * b, 1), kernel.reduce((a, b) => a * b, 1)];
  const offsets = tapOffsets(window, sizes);
  const inputSize = sizes.reduce((a, b) => a * b, 1);
  const outputsPerGroup = outputs / node.int("group", 1);
  for (let row = 0; row < batch * outputs; row += 1) {
    const [sample, output] = [Math.floor(row / outputs), row % outputs];
    const firstChannel = Math.floor(output / outputsPerGroup) * perGroup;
    for (let position = 0; position < positions; position += 1) {
      let sum = bias?.[output] ?? 0;
      for (let channel = 0; channel < perGroup; channel += 1) {
        const plane = (sample * channels + firstChannel + channel) * inputSize;
        const weights = (output * perGroup + channel) * taps;
        for (let tap = 0; tap < taps; tap += 1) {
          const offset = offsets[position * taps + tap] ?? -1;
          if (offset >= 0) sum += (x.data[plane + offset] ?? 0) * (w.data[weights + tap] ?? 0);
        }
      }
      data[row * positions + position] = sum;
    }
  }
  return { dims, data };
}

/** For each output position and tap the flat index into one input plane, or -1 in the padding. */
export function tapOffsets(window: ResolvedWindow, sizes: readonly number[]): Int32Array {
  const [positions, taps] = [window.output.reduce((a, b) => a * b, 1), window.kernel.reduce((a, b) => a * b, 1)];
  const offsets = new Int32Array(positions * taps);
  const strides = stridesOf(sizes);
  forEachIndex(window.output, (output, position) =>
    forEachIndex(window.kernel, (tap, flat) => {
      let offset = 0;
      for (let axis = 0; axis < sizes.length; axis += 1) {
        const at = positionOf(window, axis, output, tap);
        if (at < 0 || at >= (sizes[axis] ?? 0)) offset = -Infinity;
        offset += at * (strides[axis] ?? 0);
      }
      offsets[position * taps + flat] = offset < 0 ? -1 : offset;
    }),
  );
  return offsets;
}

export function positionOf(window: ResolvedWindow, axis: number, output: readonly number[], tap: readonly number[]): number {
  return (output[axis] ?? 0) * (window.strides[axis] ?? 1) - (window.begins[axis] ?? 0) + (tap[axis] ?? 0) * (window.dilations[axis] ?? 1);
}

const conv: ReferenceOp = (inputs, node) => {
  const x = need(inputs, 0, node);
  const bias = inputs[2] ?? null;
  const { dims, data } = convolve(valuesIn(x), valuesIn(need(inputs, 1, node)), bias === null ? null : valuesOf(bias), node);
  return [result(x.dataType, dims, data)];
};

const convInteger: ReferenceOp = (inputs, node) => {
  const x = withoutZeroPoint(need(inputs, 0, node), inputs[2] ?? null, null);
  const w = withoutZeroPoint(need(inputs, 1, node), inputs[3] ?? null, 0);
  const { dims, data } = convolve(x, w, null, node);
  return [result(DataType.INT32, dims, data)];
};

/** Inputs: x, its scale and zero point, w, its scale and zero point, y's scale and zero point, int32 bias. */
const qlinearConv: ReferenceOp = (inputs, node) => {
  const x = withoutZeroPoint(need(inputs, 0, node), inputs[2] ?? null, null);
  const w = withoutZeroPoint(need(inputs, 3, node), inputs[5] ?? null, 0);
  const bias = inputs[8] ?? null;
  const sum = convolve(x, w, bias === null ? null : valuesOf(bias), node);
  const factor = valuesOf(need(inputs, 1, node))[0] ?? 1;
  const weightScale = perAxis(need(inputs, 4, node), sum.dims, 1, null);
  return [requantise(sum, (flat) => factor * weightScale(flat), need(inputs, 6, node), need(inputs, 7, node))];
};

export const convolutionOps: Readonly<Record<string, ReferenceOp>> = { Conv: conv, ConvInteger: convInteger, QLinearConv: qlinearConv };

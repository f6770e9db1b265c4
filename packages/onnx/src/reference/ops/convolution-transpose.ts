import { windowOf } from "../../infer/ops/convolution.ts";
import { forEachIndex, guardSize, need, type ReferenceOp, result, stridesOf, valuesOf } from "../op.ts";
import { type ResolvedWindow, tapOffsets, valuesIn } from "./convolution.ts";
import type { Node } from "../../graph/node.ts";

/** Conv's window turned around: `output` are the sizes of the operator's input. */
function resolve(node: Node, sizes: readonly number[], kernel: readonly number[]): { window: ResolvedWindow; produced: number[] } {
  const window = windowOf({ node }, sizes.length, kernel);
  const fixed = node.ints("output_shape")?.slice(-sizes.length) ?? null;
  const extra = node.ints("output_padding") ?? sizes.map(() => 0);
  const same = window.autoPad.startsWith("SAME");
  const full = sizes.map(
    (size, axis) =>
      (window.strides[axis] ?? 1) * (size - 1) + (extra[axis] ?? 0) + ((kernel[axis] ?? 1) - 1) * (window.dilations[axis] ?? 1) + 1,
  );
  const wanted = fixed ?? (same ? sizes.map((size, axis) => size * (window.strides[axis] ?? 1)) : null);
  const pads = window.autoPad === "VALID" ? [] : window.pads;
  const begins = sizes.map((_, axis) => {
    if (wanted === null) return pads[axis] ?? 0;
    const total = (full[axis] ?? 0) - (wanted[axis] ?? 0);
    return window.autoPad === "SAME_UPPER" || (!same && total < 0) ? Math.trunc(total / 2) : total - Math.trunc(total / 2);
  });
  const produced = wanted ?? full.map((size, axis) => size - (begins[axis] ?? 0) - (pads[axis + sizes.length] ?? 0));
  return { window: { ...window, begins, ends: [], output: sizes }, produced: [...produced] };
}

/** y[n, m, i·stride − pad + k·dilation] += x[n, c, i] · w[c, m, k], per group; x [N, C, …], w [C, M/g, …]. */
const convTranspose: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const [x, w] = [valuesIn(data), valuesIn(need(inputs, 1, node))];
  const [batch = 1, channels = 1, ...sizes] = x.dims;
  const [, perGroup = 1, ...kernel] = w.dims;
  const group = node.int("group", 1);
  const { window, produced } = resolve(node, sizes, kernel);
  const dims = [batch, perGroup * group, ...produced];
  const values = new Float64Array(guardSize(dims, node));
  const bias = inputs[2] === null || inputs[2] === undefined ? null : valuesOf(inputs[2]);
  const plane = produced.reduce((a, b) => a * b, 1);
  if (bias !== null) for (let flat = 0; flat < values.length; flat += 1) values[flat] = bias[Math.floor(flat / plane) % bias.length] ?? 0;
  const offsets = tapOffsets(window, produced);
  const taps = kernel.reduce((a, b) => a * b, 1);
  const positions = sizes.reduce((a, b) => a * b, 1);
  for (let row = 0; row < batch * channels; row += 1) {
    const [sample, channel] = [Math.floor(row / channels), row % channels];
    const firstOutput = Math.floor(channel / (channels / group)) * perGroup;
    for (let output = 0; output < perGroup; output += 1) {
      const target = (sample * perGroup * group + firstOutput + output) * plane;
      const weights = (channel * perGroup + output) * taps;
      for (let position = 0; position < positions; position += 1) {
        const value = x.data[row * positions + position] ?? 0;
        for (let tap = 0; tap < taps; tap += 1) {
          const offset = offsets[position * taps + tap] ?? -1;
          if (offset >= 0) values[target + offset] = (values[target + offset] ?? 0) + value * (w.data[weights + tap] ?? 0);
        }
      }
    }
  }
  return [result(data.dataType, dims, values)];
};

/** MaxPool turned around: each value goes where its index in the (default) output shape says; the rest is 0. */
const maxUnpool: ReferenceOp = (inputs, node) => {
  const data = need(inputs, 0, node);
  const [values, indices] = [valuesOf(data), valuesOf(need(inputs, 1, node))];
  const kernel = node.ints("kernel_shape") ?? [];
  const window = windowOf({ node }, kernel.length, kernel);
  const [batch = 1, channels = 1, ...sizes] = data.dims;
  const natural = sizes.map(
    (size, axis) =>
      (size - 1) * (window.strides[axis] ?? 1) + (kernel[axis] ?? 1) - (window.pads[axis] ?? 0) - (window.pads[axis + kernel.length] ?? 0),
  );
  const wanted = inputs[2] === null || inputs[2] === undefined ? null : [...valuesOf(inputs[2])];
  const dims = wanted ?? [batch, channels, ...natural];
  const output = new Float64Array(guardSize(dims, node));
  const [from, to] = [[batch, channels, ...natural], stridesOf(dims)];
  const places = indexPlaces(from, to);
  for (const [flat, index] of indices.entries()) output[places[index] ?? 0] = values[flat] ?? 0;
  return [result(data.dataType, dims, output)];
};

/** Flat indices of one shape as flat indices of a larger one with the given strides. */
function indexPlaces(dims: readonly number[], strides: readonly number[]): number[] {
  const places: number[] = [];
  forEachIndex(dims, (index) => void places.push(index.reduce((flat, at, axis) => flat + at * (strides[axis] ?? 0), 0)));
  return places;
}

export const convolutionTransposeOps: Readonly<Record<string, ReferenceOp>> = { ConvTranspose: convTranspose, MaxUnpool: maxUnpool };

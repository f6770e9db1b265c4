import { type Node, tensorFromNumbers, DataType } from "@flotilla/onnx";
import { Padding } from "../tflite-schema/gen/tflite.ts";
import type { Emitter } from "./emitter.ts";
import { identity } from "./layout.ts";

/** A sliding window over the places of a value, first place first. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before and behind each place. */
  readonly pads: readonly (readonly [number, number])[];
}

/** The window of a Conv or pool node over `sizes` places; `auto_pad` and `ceil_mode` are worked out. */
export function windowOf(node: Node, kernel: readonly number[], sizes: readonly number[], outputSizes: readonly number[]): Window {
  const strides = node.ints("strides") ?? kernel.map(() => 1);
  const dilations = node.ints("dilations") ?? kernel.map(() => 1);
  const given = node.ints("pads") ?? kernel.flatMap(() => [0, 0]);
  const auto = node.string("auto_pad", "NOTSET");
  const pads = kernel.map((size, axis): readonly [number, number] => {
    const reach = (size - 1) * (dilations[axis] ?? 1) + 1;
    const stride = strides[axis] ?? 1;
    const input = sizes[axis] ?? 1;
    const needed = Math.max(0, ((outputSizes[axis] ?? 1) - 1) * stride + reach - input);
    if (auto === "SAME_UPPER") return [Math.floor(needed / 2), Math.ceil(needed / 2)];
    if (auto === "SAME_LOWER") return [Math.ceil(needed / 2), Math.floor(needed / 2)];
    if (auto === "VALID") return [0, 0];
    const before = given[axis] ?? 0;
    // What ceil_mode reads behind the padding counts as padding; what the last window leaves over is dropped by VALID anyway.
    return [before, Math.max(given[axis + kernel.length] ?? 0, needed - before)];
  });
  return { kernel, strides, dilations, pads };
}

/**
 * Whether TFLite's SAME pads as `window` does: ⌈size / stride⌉ results, the odd place behind. Not where an axis would need less than nothing (a kernel smaller than
 * its stride): XNNPACK of 2023 then calculates something else.
 */
export function isSame(window: Window, sizes: readonly number[], outputSizes: readonly number[]): boolean {
  return window.kernel.every((kernel, axis) => {
    const [stride, size] = [window.strides[axis] ?? 1, sizes[axis] ?? 1];
    const results = Math.ceil(size / stride);
    const total = (results - 1) * stride + (kernel - 1) * (window.dilations[axis] ?? 1) + 1 - size;
    if (total < 0) return false;
    const [before, behind] = window.pads[axis] ?? [0, 0];
    return results === outputSizes[axis] && before === Math.floor(total / 2) && behind >= total - before;
  });
}

/** Whether the window needs no padding at all. */
export function isValid(window: Window): boolean {
  return window.pads.every(([before, behind]) => before === 0 && behind === 0);
}

export interface PaddedInput {
  readonly tensor: number;
  /** Of the schema's Padding. */
  readonly padding: number;
}

/**
 * The input of a windowed operator, channels last, with the schema's padding: VALID without padding, SAME where it is what TFLite calculates, else a PAD in front.
 * `fill` is what a pool must not see; a convolution pads with 0, which on integers is the zero point.
 */
export function padInput(
  emitter: Emitter,
  tensor: number,
  window: Window,
  sizes: { readonly input: readonly number[]; readonly output: readonly number[] },
  fill: "zero" | "lowest" = "zero",
): PaddedInput {
  if (isValid(window)) return { tensor, padding: Padding.VALID };
  if (isSame(window, sizes.input, sizes.output)) return { tensor, padding: Padding.SAME };
  const pads: readonly (readonly [number, number])[] = [[0, 0], ...window.pads, [0, 0]];
  return { tensor: padTensor(emitter, tensor, pads, fill), padding: Padding.VALID };
}

/** PAD of a tensor in memory order; `lowest` is the smallest number of its type. */
export function padTensor(emitter: Emitter, tensor: number, pads: readonly (readonly [number, number])[], fill: "zero" | "lowest"): number {
  const { shape, quant } = emitter.describe(tensor);
  const padded = shape.map((size, axis) => size + (pads[axis]?.[0] ?? 0) + (pads[axis]?.[1] ?? 0));
  const output = emitter.temporary("padded", padded, tensor);
  const amounts = emitter.integers(pads.flat(), "paddings", [pads.length, 2]);
  // Where the zero point is the lowest integer, zero is the lowest number: plain PAD is known to more accelerators.
  if (fill === "zero" || (quant !== null && quant.zeroPoints[0] === -128)) {
    emitter.add("PAD", [tensor, amounts], [output], { type: "PadOptions", value: {} });
    return output;
  }
  const lowest =
    quant === null
      ? emitter.constant(tensorFromNumbers(DataType.FLOAT, [1], [-3.4028234663852886e38]), "lowest")
      : emitter.integerConstant(tensorFromNumbers(DataType.INT8, [1], [-128]), quant, "lowest", identity(1));
  emitter.add("PADV2", [tensor, amounts, lowest], [output], { type: "PadV2Options", value: {} });
  return output;
}

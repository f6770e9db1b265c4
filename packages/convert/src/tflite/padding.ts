import type { Dim } from "@flotilla/onnx";
import { Padding } from "../tflite-schema/gen/tflite.ts";
import { refusal, type Refusal } from "../reasons.ts";

/** Padding that no word of TFLite stands for: of a dilated layer that was written as several operators. */
export interface ExplicitPadding {
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}

interface Window {
  readonly sizes: readonly Dim[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

type Attributes = Readonly<Record<string, bigint[] | string>>;

/**
 * Attributes for TFLite's padding. SAME gives ceil(size / stride) places and puts the odd one at the end, which is ONNX's SAME_UPPER; it is written as
 * numbers where sizes are known, because runtimes and passes know those better.
 * Source: TFLite's kernels/padding.h, ComputePaddingHeightWidth
 */
export function paddingAttributes(padding: number | ExplicitPadding, { sizes, kernel, strides, dilations }: Window): Attributes {
  if (typeof padding !== "number") return padsAttribute(padding.begins, padding.ends);
  if (padding === Padding.VALID) return {};
  const begins: number[] = [];
  const ends: number[] = [];
  for (const [axis, size] of sizes.entries()) {
    if (typeof size !== "number") return { auto_pad: "SAME_UPPER" };
    const [stride, reach] = [strides[axis] ?? 1, ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1];
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
    begins.push(Math.floor(total / 2));
    ends.push(total - Math.floor(total / 2));
  }
  return padsAttribute(begins, ends);
}

function padsAttribute(begins: readonly number[], ends: readonly number[]): Attributes {
  const pads = [...begins, ...ends];
  return pads.every((pad) => pad === 0) ? {} : { pads: pads.map(BigInt) };
}

/** Why a window cannot be converted. */
export function refuseWindow(values: readonly number[]): Refusal | null {
  return values.some((value) => value < 1 || value > 2 ** 20) ? refusal("WINDOW", { values: values.join(", ") }) : null;
}

import type { AttributeValue, Dim } from "@flotilla/onnx";

export type Padding = "same" | "valid" | "causal" | "full";

export interface Window {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/**
 * Attributes of a convolution or pooling for Keras' padding. SAME pads so that there are ceil(size / stride) windows, the odd one behind; with a
 * stride it depends on the size, so where that is not known the runtime decides by the same rule (auto_pad). Causal pads in front only.
 * Source: tensorflow/core/framework/common_shape_fns.cc, GetWindowedOutputSizeVerbose
 */
export function windowAttributes(window: Window, padding: Padding, spatial: readonly Dim[]): Record<string, AttributeValue> {
  const { sizes, strides, dilations } = window;
  const attributes: Record<string, AttributeValue> = { kernel_shape: sizes.map(BigInt), strides: strides.map(BigInt) };
  if (dilations.some((dilation) => dilation !== 1)) attributes["dilations"] = dilations.map(BigInt);
  if (padding === "valid") return attributes;
  const pads = sizes.map((size, axis) => padsOf(size, strides[axis] ?? 1, dilations[axis] ?? 1, spatial[axis] ?? null, padding));
  if (pads.some((pair) => pair === null)) return { ...attributes, auto_pad: "SAME_UPPER" };
  const before = pads.map((pair) => BigInt(pair?.[0] ?? 0));
  const after = pads.map((pair) => BigInt(pair?.[1] ?? 0));
  return [...before, ...after].every((pad) => pad === 0n) ? attributes : { ...attributes, pads: [...before, ...after] };
}

function padsOf(size: number, stride: number, dilation: number, length: Dim, padding: Padding): [number, number] | null {
  const reach = (size - 1) * dilation + 1;
  if (padding === "causal") return [reach - 1, 0];
  if (stride !== 1 && typeof length !== "number") return null;
  const total = typeof length === "number" ? Math.max(0, (Math.ceil(length / stride) - 1) * stride + reach - length) : reach - 1;
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** Windows of `spatial` axes of a layer. `fallback` is Keras' default size. */
export function spatialRank(className: string): number {
  return Number(/([123])D/.exec(className)?.[1] ?? 2);
}

import type { Preprocessing, TensorSpec } from "@flotilla/contracts";

/**
 * A sensible first guess at how an image becomes the input: a rank-4 tensor whose last (nhwc) or second (nchw) axis is 1 or 3.
 * Float inputs get pixel / 255; integer inputs get raw pixels. null where the input is not an image.
 */
export function inferPreprocessing(input: TensorSpec | undefined): Preprocessing | null {
  if (input === undefined || input.shape.length !== 4) return null;
  const sizes = input.shape.map((size) => (typeof size === "number" && size > 0 ? size : null));
  const [, second, third, last] = sizes;
  if (isChannels(last)) return guess("nhwc", second, third, last, input.type);
  if (isChannels(second)) return guess("nchw", third, last, second, input.type);
  return null;
}

function isChannels(size: number | null | undefined): size is 1 | 3 {
  return size === 1 || size === 3;
}

function guess(
  layout: "nhwc" | "nchw",
  height: number | null | undefined,
  width: number | null | undefined,
  channels: 1 | 3,
  type: string,
): Preprocessing {
  const fallback = 224;
  return {
    kind: "image",
    width: width ?? fallback,
    height: height ?? fallback,
    channels,
    channelOrder: "rgb",
    layout,
    scale: type.startsWith("float") || type === "bfloat16" ? 1 / 255 : 1,
    mean: Array.from({ length: channels }, () => 0),
    std: Array.from({ length: channels }, () => 1),
  };
}

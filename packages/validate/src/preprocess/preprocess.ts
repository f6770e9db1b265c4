import type { Preprocessing } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts/errors";
import type { RawImage } from "./raw-image.ts";

/** ITU-R BT.601 luma, what PIL's convert("L") and OpenCV's COLOR_RGB2GRAY use. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Values of one preprocessed image. */
export function preprocessedLength(options: Preprocessing): number {
  return options.width * options.height * options.channels;
}

/** Shape of one preprocessed image without the batch axis. */
export function preprocessedShape({ width, height, channels, layout }: Preprocessing): [number, number, number] {
  return layout === "nhwc" ? [height, width, channels] : [channels, height, width];
}

/**
 * One image as the model's input: resized (bilinear, half-pixel centres, no antialiasing, edges clamped) to width × height,
 * converted to `channels` (grey to colour by repetition, colour to grey by BT.601), then `(pixel * scale - mean[c]) / std[c]` in
 * `layout`. A single mean or std holds for every channel; with "bgr", index 0 is blue. Worker and agent run this same code.
 *
 * Throws PREPROCESSING_MISMATCH when `data` does not have width × height × channels bytes.
 */
export function preprocess(image: RawImage, options: Preprocessing): Float32Array {
  const target = new Float32Array(preprocessedLength(options));
  preprocessInto(target, 0, image, options);
  return target;
}

/** `preprocess` into a part of a batch, beginning at `offset`. */
export function preprocessInto(target: Float32Array, offset: number, image: RawImage, options: Preprocessing): void {
  checkImage(image);
  const pixels = resize(image, options.width, options.height);
  const plane = options.width * options.height;
  for (let channel = 0; channel < options.channels; channel += 1) {
    const read = channelReader(pixels, image.channels, channel, options);
    const mean = options.mean[channel] ?? options.mean[0] ?? 0;
    const std = options.std[channel] ?? options.std[0] ?? 1;
    const [start, stride] = options.layout === "nhwc" ? [offset + channel, options.channels] : [offset + channel * plane, 1];
    for (let index = 0; index < plane; index += 1) {
      target[start + index * stride] = (read(index) * options.scale - mean) / std;
    }
  }
}

function checkImage({ width, height, channels, data }: RawImage): void {
  if (data.byteLength !== width * height * channels || width < 1 || height < 1) {
    throw new FlotillaError(
      "PREPROCESSING_MISMATCH",
      `An image of ${width} × ${height} with ${channels} channels has ${width * height * channels} bytes, but ${data.byteLength} were given.`,
    );
  }
}

/** Reads output channel `channel` of a pixel out of what the image has. */
function channelReader(pixels: ArrayLike<number>, from: 1 | 3, channel: number, options: Preprocessing): (index: number) => number {
  if (from === 1) return (index) => pixels[index] ?? 0;
  if (options.channels === 1) {
    return (index) => LUMA[0] * (pixels[index * 3] ?? 0) + LUMA[1] * (pixels[index * 3 + 1] ?? 0) + LUMA[2] * (pixels[index * 3 + 2] ?? 0);
  }
  const source = options.channelOrder === "bgr" ? 2 - channel : channel;
  return (index) => pixels[index * 3 + source] ?? 0;
}

/** Bilinear with half-pixel centres: output centre x + ½ lies at (x + ½) · from / to in the input. */
function resize(image: RawImage, width: number, height: number): ArrayLike<number> {
  if (image.width === width && image.height === height) return image.data;
  const { channels, data } = image;
  const columns = sampling(image.width, width);
  const rows = sampling(image.height, height);
  const out = new Float32Array(width * height * channels);
  let at = 0;
  for (const row of rows) {
    const upper = row.low * image.width;
    const lower = row.high * image.width;
    for (const column of columns) {
      for (let c = 0; c < channels; c += 1) {
        const pixel = (index: number): number => data[index * channels + c] ?? 0;
        const top = mix(pixel(upper + column.low), pixel(upper + column.high), column.weight);
        const bottom = mix(pixel(lower + column.low), pixel(lower + column.high), column.weight);
        out[at] = mix(top, bottom, row.weight);
        at += 1;
      }
    }
  }
  return out;
}

function mix(a: number, b: number, weight: number): number {
  return a + (b - a) * weight;
}

/** For each of `to` output positions: the two input positions around it and the weight of the higher one. */
function sampling(from: number, to: number): { low: number; high: number; weight: number }[] {
  return Array.from({ length: to }, (_, index) => {
    const position = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, from - 1), weight: position - low };
  });
}

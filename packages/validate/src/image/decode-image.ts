import { FlotillaError, isFlotillaError } from "@flotilla/contracts/errors";
import { convertIndexedToRgb, type DecodedPng, decode as decodePng } from "fast-png";
import jpeg from "jpeg-js";
import type { RawImage } from "../preprocess/raw-image.ts";
import { brokenImage, sniffImage } from "./image-format.ts";
import { measureImage, pngDataBytes } from "./measure-image.ts";

export interface DecodeOptions {
  /** Refuse an image with more pixels before decoding it; 50 million when absent. */
  maxPixels?: number;
}

const MAX_PIXELS = 50_000_000;

/**
 * Decodes a PNG or JPEG to 8-bit grey or RGB. Alpha is dropped (as PIL's convert does), 16-bit depth cut to 8.
 * The claimed size is checked before any pixel is decoded. Throws IMAGE_BROKEN or TOO_LARGE.
 */
export function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): RawImage {
  const format = sniffImage(bytes);
  if (format === null) throw brokenImage("it is neither a PNG nor a JPEG");
  const { width, height } = measureImage(bytes, format);
  const maxPixels = options.maxPixels ?? MAX_PIXELS;
  if (width * height > maxPixels) {
    throw new FlotillaError("TOO_LARGE", `The image claims ${width} × ${height} pixels; ${maxPixels} are the limit. Scale it down.`);
  }
  try {
    return format === "png" ? fromPng(bytes, width * height) : fromJpeg(bytes);
  } catch (error) {
    if (isFlotillaError(error)) throw error;
    throw brokenImage(error instanceof Error ? error.message : String(error), error);
  }
}

function fromPng(bytes: Uint8Array, pixels: number): RawImage {
  // At most 8 bytes a pixel, a filter byte a row (≤ one a pixel), and deflate's own overhead.
  if (pngDataBytes(bytes) > pixels * 9 * 1.01 + 4096) throw brokenImage("it holds more data than its size allows");
  const png = decodePng(bytes, { checkCrc: true });
  if (png.palette !== undefined) return fromIndexed(png);
  return { width: png.width, height: png.height, ...toEightBits(png) };
}

function fromIndexed(png: DecodedPng): RawImage {
  const channels = png.palette?.[0]?.length === 4 ? 4 : 3;
  const data = convertIndexedToRgb(png);
  return { width: png.width, height: png.height, channels: 3, data: pick(data, channels, 3) };
}

function toEightBits(png: DecodedPng): { channels: 1 | 3; data: Uint8Array } {
  const channels = png.channels <= 2 ? 1 : 3;
  if (png.depth === 16)
    return {
      channels,
      data: pick(
        Uint8Array.from(png.data, (value) => value >> 8),
        png.channels,
        channels,
      ),
    };
  const data = png.depth === 8 ? Uint8Array.from(png.data) : unpackBits(png);
  return { channels, data: png.channels === channels ? data : pick(data, png.channels, channels) };
}

/** PNG 7.2: samples of 1, 2 or 4 bits lie packed, high bits first, each row in whole bytes. */
function unpackBits(png: DecodedPng): Uint8Array {
  const perByte = 8 / png.depth;
  const rowBytes = Math.ceil(png.width / perByte);
  const highest = 2 ** png.depth - 1;
  const out = new Uint8Array(png.width * png.height);
  for (let y = 0; y < png.height; y += 1) {
    for (let x = 0; x < png.width; x += 1) {
      const byte = png.data[y * rowBytes + Math.floor(x / perByte)] ?? 0;
      const shift = 8 - png.depth * ((x % perByte) + 1);
      out[y * png.width + x] = Math.round((((byte >> shift) & highest) * 255) / highest);
    }
  }
  return out;
}

function fromJpeg(bytes: Uint8Array): RawImage {
  const decoded = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false, maxResolutionInMP: 100, maxMemoryUsageInMB: 1024 });
  return { width: decoded.width, height: decoded.height, channels: 3, data: decoded.data };
}

/** The first `to` of every `from` interleaved channels. */
function pick(data: Uint8Array, from: number, to: 1 | 3): Uint8Array {
  const pixels = data.length / from;
  const out = new Uint8Array(pixels * to);
  for (let index = 0; index < pixels; index += 1) {
    for (let c = 0; c < to; c += 1) out[index * to + c] = data[index * from + c] ?? 0;
  }
  return out;
}

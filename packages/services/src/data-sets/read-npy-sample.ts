import { buffer } from "node:stream/consumers";
import type { ServiceContext } from "../context.ts";
import type { RawPicture } from "./encode-png.ts";

/** NEP 1: magic, version, header length, then a Python dict literal padded to a multiple of 64. */
const MAGIC = "\u0093NUMPY";
const PROBE_BYTES = 4096;
const MAX_SIDE = 4096;
/** A picture is made in the memory of the process that serves everybody; a larger sample is not shown. */
const MAX_VALUES = 12_000_000;

interface NpyHeader {
  dataStart: number;
  /** `|u1` or `<f4`; others are not shown as pictures. */
  type: "|u1" | "<f4";
  shape: number[];
}

/** Sample `index` of a stored `.npy` as 8-bit pixels; null where its samples are no pictures ([h,w], [h,w,1|3] or [1|3,h,w] of uint8 or float32). */
export async function readNpySample(ctx: ServiceContext, sha256: string, index: number): Promise<RawPicture | null> {
  const blob = await ctx.blob.stat(sha256);
  if (blob === null) return null;
  const probe = await buffer(await ctx.blob.open(sha256, { start: 0, end: Math.min(PROBE_BYTES, blob.sizeBytes) - 1 }));
  const header = parseHeader(probe);
  const layout = header === null ? null : layoutOf(header.shape.slice(1));
  if (header === null || layout === null) return null;
  const values = layout.width * layout.height * layout.channels;
  const itemBytes = header.type === "|u1" ? 1 : 4;
  const start = header.dataStart + index * values * itemBytes;
  const raw = await buffer(await ctx.blob.open(sha256, { start, end: start + values * itemBytes - 1 }));
  const pixels = header.type === "|u1" ? raw : toBytes(raw, values);
  return {
    width: layout.width,
    height: layout.height,
    channels: layout.channels,
    pixels: layout.channelsFirst ? interleave(pixels, layout) : pixels,
  };
}

function parseHeader(probe: Buffer): NpyHeader | null {
  if (probe.toString("latin1", 0, 6) !== MAGIC) return null;
  const wide = (probe[6] ?? 0) >= 2;
  const textStart = wide ? 12 : 10;
  const length = wide ? probe.readUInt32LE(8) : probe.readUInt16LE(8);
  const text = probe.toString("latin1", textStart, textStart + length);
  const type = /'descr':\s*'(\|u1|<f4)'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if ((type !== "|u1" && type !== "<f4") || shape === undefined || /'fortran_order':\s*True/.test(text)) return null;
  return { dataStart: textStart + length, type, shape: shape.split(",").flatMap((part) => (part.trim() === "" ? [] : [Number(part)])) };
}

interface Layout {
  width: number;
  height: number;
  channels: 1 | 3;
  channelsFirst: boolean;
}

function layoutOf(shape: readonly number[]): Layout | null {
  const [a = 0, b = 0, c] = shape;
  if (shape.length === 2) return checked({ height: a, width: b, channels: 1, channelsFirst: false });
  if (shape.length !== 3) return null;
  if (c === 1 || c === 3) return checked({ height: a, width: b, channels: c, channelsFirst: false });
  if (a === 1 || a === 3) return checked({ height: b, width: c ?? 0, channels: a, channelsFirst: true });
  return null;
}

function checked(layout: Layout): Layout | null {
  const fits = [layout.width, layout.height].every((side) => side >= 1 && side <= MAX_SIDE);
  return fits && layout.width * layout.height * layout.channels <= MAX_VALUES ? layout : null;
}

/** Floats are shown between the smallest and the largest value of the sample; 0…1 and 0…255 stay what they are. */
function toBytes(raw: Buffer, count: number): Buffer {
  const values = Float32Array.from({ length: count }, (_, at) => raw.readFloatLE(at * 4));
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === 0) high = high <= 1 ? 1 : Math.max(high, 255);
  const span = high - low || 1;
  return Buffer.from(values.map((value) => Math.round(((value - low) / span) * 255)));
}

function interleave(planes: Buffer, { width, height, channels }: Layout): Buffer {
  const area = width * height;
  const pixels = Buffer.alloc(planes.length);
  for (let at = 0; at < area; at += 1) {
    for (let channel = 0; channel < channels; channel += 1) pixels[at * channels + channel] = planes[channel * area + at] ?? 0;
  }
  return pixels;
}

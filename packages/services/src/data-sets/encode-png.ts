import { crc32, deflateSync } from "node:zlib";

export interface RawPicture {
  width: number;
  height: number;
  channels: 1 | 3;
  /** Row by row, channels interleaved, 8 bits each. */
  pixels: Uint8Array;
}

/** Encodes 8-bit grey or RGB pixels as PNG (ISO/IEC 15948), without filters: samples are small. */
export function encodePng({ width, height, channels, pixels }: RawPicture): Buffer {
  const rowBytes = width * channels;
  const lines = Buffer.alloc((rowBytes + 1) * height);
  for (let y = 0; y < height; y += 1) lines.set(pixels.subarray(y * rowBytes, (y + 1) * rowBytes), y * (rowBytes + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a sample; colour type 0 is grey, 2 is RGB.
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
